package storetest

import (
	"slices"
	"time"

	"github.com/lair-chat/lair/pkg/id"
)

// wantRevoked asks after the cursor and returns the next one.
func (s suite) wantRevoked(cursor int64, now time.Time, limit int, want ...id.Session) int64 {
	s.Helper()
	got, next, err := s.Revoked(s.Context(), cursor, now, limit)
	s.must(err)
	if !slices.Equal(got, want) {
		s.Errorf("after %d: got %v, want %v", cursor, got, want)
	}
	return next
}

// end logs a user in until the given time, and out.
func (s suite) end(name string, expires ...time.Time) []id.Session {
	s.Helper()
	u := s.user(name)
	var out []id.Session
	for _, e := range expires {
		x := login(u)
		x.ExpiresAt = e
		s.insert(x, u.Password)
		s.must(s.End(s.Context(), u.ID, x.ID))
		out = append(out, x.ID)
	}
	return out
}

func (s suite) revocationPages() {
	if next := s.wantRevoked(0, at, 2); next != 0 {
		s.Errorf("the cursor of nothing is %d", next)
	}
	hour := at.Add(time.Hour)
	x := s.end("ann", hour, hour, hour, hour)
	next := s.wantRevoked(0, at, 2, x[:2]...)
	next = s.wantRevoked(next, at, 2, x[2:]...)
	s.wantRevoked(next, at, 2)
	next = s.wantRevoked(0, at, 3, x[:3]...)
	next = s.wantRevoked(next, at, 3, x[3])
	if again := s.wantRevoked(next, at, 3); again != next {
		s.Errorf("the cursor went from %d to %d", next, again)
	}
	more := s.end("bob", hour)
	s.wantRevoked(next, at, 3, more...)
	s.wantRevoked(0, at, 1000, append(x, more...)...)
}

func (s suite) revocationExpiry() {
	soon, late := at.Add(time.Second), at.Add(time.Hour)
	x := s.end("ann", soon, late, soon, soon, late, soon)
	s.wantRevoked(0, soon.Add(-time.Microsecond), 9, x...)
	s.wantRevoked(0, soon, 9, x[1], x[4])
	next := s.wantRevoked(0, soon, 1, x[1])
	next = s.wantRevoked(next, soon, 1, x[4])
	next = s.wantRevoked(next, soon, 1)
	if head := s.wantRevoked(0, late, 9); head != next {
		s.Errorf("the cursor is %d, or %d if all have expired", next, head)
	}
	s.wantRevoked(next, at, 9) // it passed those that had expired
}

func (s suite) revocationRestored() {
	x := s.end("ann", at.Add(time.Hour), at.Add(time.Hour))
	if next := s.wantRevoked(99, at, 9, x...); next != 2 {
		s.Errorf("the cursor is %d", next)
	}
}

// revocationRace reads with a cursor, as a gateway does, while others write:
// whatever is committed late must not have a place before the cursor.
func (s suite) revocationRace() {
	const writers, each = 8, 15
	left := make(chan struct{})
	var want []id.Session
	var lists [writers][]id.Session
	ann := s.user("ann")
	for i := range lists {
		for range each {
			lists[i] = append(lists[i], s.session(ann).ID)
		}
		want = append(want, lists[i]...)
	}
	keep := s.session(ann) // and one writer ends many at once
	bob := s.user("bob")
	for range each {
		want = append(want, s.session(bob).ID)
	}
	go func() {
		defer close(left)
		atOnce(writers+1, func(i int) error {
			if i == writers {
				if _, _, err := s.ChangePassword(s.Context(), bob.ID, bob.Password, "new", keep.ID, at); err != nil {
					s.Error(err)
				}
				return nil
			}
			for _, x := range lists[i] {
				if err := s.End(s.Context(), ann.ID, x); err != nil {
					s.Error(err)
				}
			}
			return nil
		})
	}()
	defer func() { <-left }()
	var got []id.Session
	var cursor int64
	for over := false; ; {
		list, next, err := s.Revoked(s.Context(), cursor, at, 7)
		s.must(err)
		if next < cursor || next > int64(len(want)) {
			s.Fatalf("the cursor went from %d to %d", cursor, next)
		}
		got, cursor = append(got, list...), next
		if over && len(list) == 0 {
			break
		}
		select {
		case <-left:
			over = true
		default:
		}
	}
	if !same(got, want) {
		s.Errorf("%d revocations were seen, want each of %d once", len(got), len(want))
	}
}
