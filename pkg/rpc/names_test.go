package rpc_test

import (
	"encoding/binary"
	"net"
	"net/netip"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/connectivity"

	"github.com/lair-chat/lair/pkg/rpc"
)

// Kubernetes gives a new pod a new address, and a name leads to the pods of the moment.
func TestPeersThatAllMovedAreFoundAtOnce(t *testing.T) {
	var where atomic.Value
	where.Store([]netip.Addr{netip.MustParseAddr("127.0.0.2")})
	names := dnsServer(t, &where)

	before, port := listenAt(t, "127.0.0.2:0")
	conn, err := rpc.Dial("dns://"+names+"/peer.test.:"+port, rpc.Options{Role: "gateway", Key: make([]byte, 32)})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.Connect()
	await(t, conn, connectivity.Ready, 10*time.Second)

	where.Store([]netip.Addr{netip.MustParseAddr("127.0.0.3")})
	listenAt(t, "127.0.0.3:"+port)
	before.Stop()
	for conn.GetState() == connectivity.Ready {
		if !conn.WaitForStateChange(t.Context(), connectivity.Ready) {
			t.Fatal("the connection to a peer that is gone is ready")
		}
	}
	await(t, conn, connectivity.Ready, 10*time.Second)
}

// More pods are there to take a part of what those before them had.
func TestAPeerThatIsAddedIsFound(t *testing.T) {
	var where atomic.Value
	where.Store([]netip.Addr{netip.MustParseAddr("127.0.0.2")})
	names := dnsServer(t, &where)
	_, port := listenAt(t, "127.0.0.2:0")
	conn, err := rpc.Dial("dns://"+names+"/peer.test.:"+port, rpc.Options{Role: "gateway", Key: make([]byte, 32)})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.Connect()
	await(t, conn, connectivity.Ready, 10*time.Second)

	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.3:"+port)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	where.Store([]netip.Addr{netip.MustParseAddr("127.0.0.2"), netip.MustParseAddr("127.0.0.3")})
	found := make(chan struct{})
	go func() {
		if c, err := l.Accept(); err == nil {
			c.Close()
			close(found)
		}
	}()
	select {
	case <-found:
	case <-time.After(20 * time.Second):
		t.Error("nobody has come to the one that was added")
	}
}

func listenAt(t *testing.T, address string) (*grpc.Server, string) {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	s := grpc.NewServer()
	go s.Serve(l) //nolint:errcheck // it ends with Stop
	t.Cleanup(s.Stop)
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return s, port
}

func await(t *testing.T, conn *grpc.ClientConn, want connectivity.State, patience time.Duration) {
	t.Helper()
	late := time.After(patience)
	for state := conn.GetState(); state != want; state = conn.GetState() {
		changed := make(chan struct{})
		go func() { conn.WaitForStateChange(t.Context(), state); close(changed) }()
		select {
		case <-changed:
			conn.Connect()
		case <-late:
			t.Fatalf("after %s the connection is %s", patience, state)
		}
	}
}

// dnsServer answers every question for an IPv4 address with where, and returns its own
// address.
func dnsServer(t *testing.T, where *atomic.Value) string {
	t.Helper()
	c, err := new(net.ListenConfig).ListenPacket(t.Context(), "udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	go func() {
		for buf := make([]byte, 1500); ; {
			n, from, err := c.ReadFrom(buf)
			if err != nil {
				return
			}
			if answer := answered(buf[:n], where.Load().([]netip.Addr)); answer != nil {
				c.WriteTo(answer, from) //nolint:errcheck // it is asked again
			}
		}
	}()
	return c.LocalAddr().String()
}

// answered makes a DNS answer of a question (RFC 1035, section 4).
func answered(question []byte, addresses []netip.Addr) []byte {
	end := 12
	for end < len(question) && question[end] != 0 {
		end += int(question[end]) + 1
	}
	end += 5 // the root, the type and the class
	if end > len(question) {
		return nil
	}
	answer := append([]byte{}, question[:end]...)
	copy(answer[2:], []byte{0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0})
	if binary.BigEndian.Uint16(question[end-4:]) == 1 {
		answer[7] = byte(len(addresses))
		for _, address := range addresses {
			answer = append(answer, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4)
			answer = append(answer, address.AsSlice()...)
		}
	}
	return answer
}
