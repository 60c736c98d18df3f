package httpapi

import (
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/lair-chat/lair/services/gateway/internal/backend"
)

// query reads the parameters of a request and remembers the first one that is
// not as it should be. Parameters that nobody asks for are ignored.
type query struct {
	values url.Values
	err    error
}

func (c *call) query() *query {
	values, err := url.ParseQuery(c.URL.RawQuery)
	if err != nil {
		err = invalid("the query cannot be read")
	}
	return &query{values, err}
}

// text returns the parameter; nil if it is absent.
func (q *query) text(name string) *string {
	given := q.values[name]
	if len(given) == 0 {
		return nil
	}
	if len(given) > 1 || !utf8.ValidString(given[0]) || strings.Contains(given[0], "\x00") {
		q.bad(name)
		return nil
	}
	return &given[0]
}

func (q *query) bad(name string) {
	if q.err == nil {
		q.err = invalid("parameter " + name + " is not valid")
	}
}

// search returns the parameter, "" if it is absent.
func (q *query) search() string {
	if s := q.text("search"); s != nil {
		return *s
	}
	return ""
}

func (q *query) flag(name string) bool {
	s := q.text(name)
	switch {
	case s == nil, *s == "false":
		return false
	case *s != "true":
		q.bad(name)
	}
	return true
}

func (q *query) count(name string) *uint32 {
	s := q.text(name)
	if s == nil {
		return nil
	}
	n, err := strconv.ParseUint(*s, 10, 32)
	if err != nil {
		q.bad(name)
	}
	return new(uint32(n))
}

func (q *query) seq(name string) *int64 {
	s := q.text(name)
	if s == nil {
		return nil
	}
	n, err := strconv.ParseInt(*s, 10, 64)
	if err != nil || n < 0 {
		q.bad(name)
	}
	return &n
}

// moment returns a time of RFC 3339 as it was written. A plus sign that was not
// escaped has become a space.
func (q *query) moment(name string) *string {
	s := q.text(name)
	if s == nil {
		return nil
	}
	return new(strings.ReplaceAll(*s, " ", "+"))
}

func (q *query) page() backend.Page {
	p := backend.Page{Limit: q.count("limit")}
	if offset := q.count("offset"); offset != nil {
		p.Offset = *offset
	}
	return p
}

// place is page for a list that also goes on behind a cursor.
func (q *query) place() backend.Page {
	p := q.page()
	cursor := q.text("cursor")
	if cursor == nil {
		return p
	}
	c, err := backend.ParseCursor(*cursor)
	if q.values.Has("offset") {
		err = invalid("name only one of cursor and offset")
	}
	if err != nil && q.err == nil {
		q.err = err
	}
	p.Cursor = c
	return p
}
