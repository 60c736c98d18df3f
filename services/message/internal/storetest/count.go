package storetest

import "testing"

func counted(t *testing.T, s Store) {
	ann := s.user(t)
	hall := s.room(t, ann)
	s.commit(t, draft(hall, ann, "a", "1"), draft(hall, ann, "b", "2"))
	n, exact, err := s.Count(t.Context())
	if err != nil || n != 2 || !exact {
		t.Errorf("got %d, %v, %v", n, exact, err)
	}
}
