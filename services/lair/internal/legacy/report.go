package legacy

import (
	"fmt"
	"io"
)

// Count is what becomes of the rows of one kind.
type Count struct {
	Found, Added, There, Skipped int
}

// Report is what an import did.
type Report struct {
	Users, Rooms, Members, Messages, Invitations Count
	Problems                                     int
	out                                          io.Writer
}

// problem tells of something that is not as it should be, and what is done about it.
// What people wrote is quoted: it must not reach a terminal as it is.
func (r *Report) problem(format string, args ...any) {
	r.Problems++
	fmt.Fprintf(r.out, "  "+format+"\n", args...)
}

// Print tells the counts.
func (r *Report) Print() {
	fmt.Fprintf(r.out, "%-12s %9s %9s %9s %9s\n", "", "found", "imported", "were here", "skipped")
	for _, x := range []struct {
		name string
		c    Count
	}{
		{"users", r.Users}, {"rooms", r.Rooms}, {"members", r.Members}, {"messages", r.Messages}, {"invitations", r.Invitations},
	} {
		fmt.Fprintf(r.out, "%-12s %9d %9d %9d %9d\n", x.name, x.c.Found, x.c.Added, x.c.There, x.c.Skipped)
	}
	fmt.Fprintf(r.out, "%d problems\n", r.Problems)
}
