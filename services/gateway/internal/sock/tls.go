package sock

import "net"

// record is how much goes into one record of TLS.
const record = 16 << 10

// write writes what is queued. Through TLS that is a record at a time: after a
// write that gave up halfway nothing could be written any more, so each needs
// its own time.
func (c *Conn) write(queue *net.Buffers) (int64, error) {
	if c.raw != nil {
		return queue.WriteTo(c.net)
	}
	b := (*queue)[0]
	n, err := c.net.Write(b[:min(len(b), record)])
	if (*queue)[0] = b[n:]; n == len(b) {
		(*queue)[0] = nil
		*queue = (*queue)[1:]
	}
	return int64(n), err
}

// below returns the connection under TLS. To close that one needs no farewell,
// which may have to wait for the client; to ignore what it says needs no key.
func (c *Conn) below() net.Conn {
	if t, ok := c.net.(interface{ NetConn() net.Conn }); ok {
		return t.NetConn()
	}
	return c.net
}
