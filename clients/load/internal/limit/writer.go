package limit

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/lair-chat/lair/clients/load/internal/swarm"
)

// Writer is a process that writes the same frame to all of its connections,
// one write each, whenever it is told to. It reads what to do from in, which
// is one Order after the other, and ends with it. The address where it listens
// is the first thing that it writes to out.
func Writer(in io.Reader, out io.Writer) error {
	lis, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // listens until the process ends
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintln(out, lis.Addr()); err != nil {
		return err
	}
	var conns []int
	var order [orderSize]byte
	for {
		if _, err := io.ReadFull(in, order[:]); err != nil {
			return ignoreEOF(err)
		}
		n, seq, size := int(binary.BigEndian.Uint32(order[:])), int64(binary.BigEndian.Uint32(order[4:])), int(binary.BigEndian.Uint32(order[8:]))
		for len(conns) < n {
			fd, err := accept(lis)
			if err != nil {
				return err
			}
			conns = append(conns, fd)
		}
		if size == 0 {
			continue
		}
		frame := swarm.AppendEvent(nil, Conversation, seq, size)
		for _, fd := range conns {
			if err := write(fd, frame); err != nil {
				return err
			}
		}
	}
}

// Conversation is the one that the frames of a Writer name.
const Conversation = "00000000-0000-7000-8000-000000000000"

const orderSize = 12

// Order tells a Writer to have so many connections and, unless size is 0, to
// write an event with the position seq and size bytes of JSON to all of them.
func Order(out io.Writer, conns int, seq int64, size int) error {
	var order [orderSize]byte
	binary.BigEndian.PutUint32(order[:], uint32(conns)) //nolint:gosec // a few thousand
	binary.BigEndian.PutUint32(order[4:], uint32(seq))  //nolint:gosec // a few thousand
	binary.BigEndian.PutUint32(order[8:], uint32(size)) //nolint:gosec // a few hundred
	_, err := out.Write(order[:])
	return err
}

// accept returns the descriptor of a connection, which the runtime's own
// readiness machinery no longer watches.
func accept(lis net.Listener) (int, error) {
	nc, err := lis.Accept()
	if err != nil {
		return 0, err
	}
	defer nc.Close()
	file, err := nc.(*net.TCPConn).File() //nolint:forcetypeassert // a TCP listener
	if err != nil {
		return 0, err
	}
	defer file.Close()
	fd, err := unix.FcntlInt(file.Fd(), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return 0, err
	}
	return fd, unix.SetNonblock(fd, true)
}

// write writes b, and waits if the kernel does not take it all.
func write(fd int, b []byte) error {
	for len(b) > 0 {
		n, err := syscall.Write(fd, b)
		switch {
		case errors.Is(err, syscall.EAGAIN):
			if _, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLOUT}}, 1000); err != nil && !errors.Is(err, unix.EINTR) { //nolint:gosec // a descriptor
				return err
			}
		case errors.Is(err, syscall.EINTR):
		case err != nil:
			return err
		default:
			b = b[n:]
		}
	}
	return nil
}

// Sockets is a process that only holds connections: a goroutine for each,
// which waits for a byte. It ends when in does.
func Sockets(in io.Reader, out io.Writer) error {
	lis, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // listens until the process ends
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintln(out, lis.Addr()); err != nil {
		return err
	}
	go func() {
		for {
			nc, err := lis.Accept()
			if err != nil {
				return
			}
			go func() {
				defer nc.Close()
				var one [1]byte
				_, _ = nc.Read(one[:])
			}()
		}
	}()
	_, err = io.Copy(io.Discard, in)
	return err
}

func ignoreEOF(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, os.ErrClosed) {
		return nil
	}
	return err
}
