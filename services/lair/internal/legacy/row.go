package legacy

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/lair-chat/lair/pkg/id"
)

// row is a row of an old table. A column of SQLite may have a value of any type, so
// each is read as what it ought to be.
type row struct {
	columns []string
	values  []any
}

func (r row) value(column string) any { return r.values[slices.Index(r.columns, column)] }

func (r row) null(column string) bool { return r.value(column) == nil }

// text is a value as text, in UTF-8 and without U+0000.
func (r row) text(column string) string {
	var s string
	switch v := r.value(column).(type) {
	case nil:
	case string:
		s = v
	case []byte:
		s = string(v)
	default:
		s = fmt.Sprint(v)
	}
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}

func (r row) number(column string) int64 {
	switch v := r.value(column).(type) {
	case int64:
		return v
	case bool: // the driver's reading of a column that is declared so
		return bit(v)
	case time.Time:
		return v.Unix()
	case float64:
		if v > -1e15 && v < 1e15 {
			return int64(v)
		}
	}
	return 0
}

// lastSecond is the end of the year 9999, behind which there are no times.
const lastSecond = 253402300799

// micros is a time as microseconds. What is no time is 1970.
func (r row) micros(column string) int64 {
	return min(max(0, r.number(column)), lastSecond) * 1_000_000
}

// id is the id of a thing. 0.8 makes UUIDs; what is none is mapped to one, always to
// the same.
func (r row) id(column string) id.UUID {
	s := r.text(column)
	if u, err := id.Parse(s); err == nil && !u.IsZero() {
		return u
	}
	sum := sha256.Sum256([]byte("lair chat 0.8 " + s))
	sum[6], sum[8] = sum[6]&0x0f|0x80, sum[8]&0x3f|0x80 // version 8
	return id.UUID(sum[:16])
}
