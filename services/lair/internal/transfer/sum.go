package transfer

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash"
)

// Sum is how many rows a table has, and a checksum of them that does not depend on
// their order: the sum of the hashes of the rows.
type Sum struct {
	Rows  int64
	lanes [4]uint64
}

// Digest is the checksum, for people.
func (s Sum) Digest() string {
	return fmt.Sprintf("%016x%016x%016x%016x", s.lanes[0], s.lanes[1], s.lanes[2], s.lanes[3])
}

// add takes a row of canonical values.
func (s *Sum) add(row []any) {
	h := sha256.New()
	for _, v := range row {
		switch v := v.(type) {
		case nil:
			h.Write([]byte{0})
		case int64:
			h.Write(binary.BigEndian.AppendUint64([]byte{1}, uint64(v))) //nolint:gosec // its bits
		case []byte:
			write(h, 2, v)
		case string:
			write(h, 3, []byte(v))
		default:
			write(h, 4, fmt.Appendf(nil, "%T", v)) // never equal to a canonical value
		}
	}
	digest := h.Sum(nil)
	for i := range s.lanes {
		s.lanes[i] += binary.BigEndian.Uint64(digest[8*i:])
	}
	s.Rows++
}

func write(h hash.Hash, tag byte, v []byte) {
	h.Write(binary.BigEndian.AppendUint64([]byte{tag}, uint64(len(v))))
	h.Write(v)
}
