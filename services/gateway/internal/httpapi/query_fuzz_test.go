package httpapi

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzQuery holds that whatever stands behind the question mark is understood or
// refused, and that what is understood is text that a database can keep.
func FuzzQuery(f *testing.F) {
	for _, seed := range []string{
		"search=a&limit=1&offset=2", "limit=-1", "limit=4294967296", "search=%00", "search=%ff", "search=a&search=b",
		"online_only=1", "before=2026-01-02T03:04:05+01:00", "%zz", "a;b", "after_seq=9223372036854775808", "after_seq=-1", "cursor=",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", http.NoBody)
		r.URL.RawQuery = raw
		q := (&call{Request: r}).query()
		search, cursor, moment := q.search(), q.text("cursor"), q.moment("before")
		flag, page, seq := q.flag("online_only"), q.page(), q.seq("after_seq")
		if q.err != nil {
			for _, c := range q.err.Error() {
				if c > '~' {
					t.Errorf("a refusal is not ASCII: %q", q.err)
				}
			}
			return
		}
		for _, s := range []*string{&search, cursor, moment} {
			if s != nil && (!utf8.ValidString(*s) || strings.Contains(*s, "\x00")) {
				t.Errorf("%q was let through", *s)
			}
		}
		given := r.URL.Query()
		if flag != (given.Get("online_only") == "true") || seq != nil && *seq < 0 {
			t.Errorf("%q became %v, %v", raw, flag, seq)
		}
		if page.Limit == nil && given.Has("limit") {
			t.Errorf("%q has no limit", raw)
		}
	})
}
