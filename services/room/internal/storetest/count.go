package storetest

import "testing"

func counted(t *testing.T, w *world) {
	ann := w.user(t)
	for i, name := range []string{"hall", "attic"} {
		if _, err := w.Create(t.Context(), ann, named(name)); err != nil {
			t.Fatal(err)
		}
		n, exact, err := w.Store.Count(t.Context())
		if err != nil || n != int64(i)+1 || !exact {
			t.Errorf("got %d, %v, %v", n, exact, err)
		}
	}
}
