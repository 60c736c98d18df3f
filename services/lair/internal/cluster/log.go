package cluster

import (
	"bytes"
	"fmt"
	"io"
	"sync"
)

// journal gathers the output of all programs: whole lines, each with the name
// of its program in front.
type journal struct {
	mu sync.Mutex
	to io.Writer
}

// of returns the writer of one program.
func (j *journal) of(name string) io.Writer {
	if j.to == nil {
		return io.Discard
	}
	return &lines{journal: j, name: name}
}

type lines struct {
	journal *journal
	name    string
	rest    []byte // of a line that is not complete
}

// Write implements io.Writer.
func (l *lines) Write(b []byte) (int, error) {
	l.rest = append(l.rest, b...)
	l.journal.mu.Lock()
	defer l.journal.mu.Unlock()
	for {
		line, rest, complete := bytes.Cut(l.rest, []byte("\n"))
		if !complete {
			return len(b), nil
		}
		fmt.Fprintf(l.journal.to, "%-10s %s\n", l.name, line)
		l.rest = rest
	}
}
