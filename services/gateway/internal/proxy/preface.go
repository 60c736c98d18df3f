package proxy

import (
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/netip"
	"strconv"
	"strings"
)

// ErrPreface says that a trusted proxy did not begin with a header of the PROXY
// protocol, in version 1 or 2.
var ErrPreface = errors.New("the proxy did not say in the PROXY protocol who the client is")

// Announced returns the address of the client of a connection without HTTP,
// without a port. A trusted proxy says it in a header of the PROXY protocol in
// front of everything, which is read; of anybody else it is the other end, and a
// header is left as the nonsense that it is there. Errors: ErrPreface, and those
// of reading.
//
// Not a byte more than the header is read, and the connection stays what it is:
// one that is wrapped in a buffer, as libraries do it, could not be written to
// without waiting.
func (t Trusted) Announced(nc net.Conn) (string, error) {
	peer, ok := parse(nc.RemoteAddr().String())
	if !ok {
		return nc.RemoteAddr().String(), nil
	}
	if !t.has(peer) {
		return peer.String(), nil
	}
	client, err := preface(nc)
	if err != nil {
		return "", err
	}
	if !client.IsValid() { // the proxy itself, such as a check of health
		client = peer
	}
	return client.String(), nil
}

// signature begins a header of version 2. The shortest of version 1 is longer.
const signature = "\r\n\r\n\x00\r\nQUIT\n"

// preface reads a header. The address is not valid if there is none in it.
func preface(r io.Reader) (netip.Addr, error) {
	var begin [len(signature)]byte
	if _, err := io.ReadFull(r, begin[:]); err != nil {
		return netip.Addr{}, err
	}
	switch text := string(begin[:]); {
	case text == signature:
		return binaryPreface(r)
	case strings.HasPrefix(text, "PROXY "):
		return textPreface(r, begin[:])
	}
	return netip.Addr{}, ErrPreface
}

// maxText is the size of the longest header of version 1.
const maxText = 107

// textPreface reads the rest of a header of version 1 up to its end, which only
// its bytes tell.
func textPreface(r io.Reader, begin []byte) (netip.Addr, error) {
	line := append(make([]byte, 0, maxText), begin...)
	for line[len(line)-1] != '\n' {
		if len(line) == maxText {
			return netip.Addr{}, ErrPreface
		}
		line = line[:len(line)+1]
		if _, err := io.ReadFull(r, line[len(line)-1:]); err != nil {
			return netip.Addr{}, err
		}
	}
	text, whole := strings.CutSuffix(string(line), "\r\n")
	parts := strings.Split(text, " ")
	switch {
	case !whole:
	case parts[1] == "UNKNOWN":
		return netip.Addr{}, nil
	case len(parts) == 6 && (parts[1] == "TCP4" || parts[1] == "TCP6") && isPort(parts[4]) && isPort(parts[5]):
		from, err := netip.ParseAddr(parts[2])
		_, errTo := netip.ParseAddr(parts[3])
		if err == nil && errTo == nil && from.Is4() == (parts[1] == "TCP4") && from.Zone() == "" {
			return from.Unmap(), nil
		}
	}
	return netip.Addr{}, ErrPreface
}

func isPort(s string) bool {
	_, err := strconv.ParseUint(s, 10, 16)
	return err == nil
}

// What a header of version 2 has in its two bytes behind the signature.
const (
	local, proxied    = 0x20, 0x21
	overTCP4, overTCP = 0x11, 0x21
)

// binaryPreface reads what follows the signature in a header of version 2.
func binaryPreface(r io.Reader) (netip.Addr, error) {
	var head [4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return netip.Addr{}, err
	}
	command, family, left := head[0], head[1], int64(binary.BigEndian.Uint16(head[2:]))
	size := map[byte]int64{overTCP4: 4, overTCP: 16}[family]
	switch {
	case command != local && command != proxied:
		return netip.Addr{}, ErrPreface
	case command == local:
		size = 0
	case left < 2*size+4 && size > 0: // two addresses and two ports
		return netip.Addr{}, ErrPreface
	}
	var raw [16]byte
	if _, err := io.ReadFull(r, raw[:size]); err != nil {
		return netip.Addr{}, err
	}
	if _, err := io.CopyN(io.Discard, r, left-size); err != nil { // where it went, and what else there is to say
		return netip.Addr{}, err
	}
	from, _ := netip.AddrFromSlice(raw[:size])
	return from.Unmap(), nil
}
