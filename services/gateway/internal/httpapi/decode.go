package httpapi

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/lair-chat/lair/pkg/fault"
)

const (
	maxBody  = 2 << 20 // bytes
	maxDepth = 32      // of objects and lists in each other
)

// decode reads the JSON body into v, a pointer to a struct. Its refusals are
// 415, 413, 400 invalid_json and 422, and 400 validation_failed for U+0000,
// which no database could keep; v is filled in then.
func (c *call) decode(v any) error {
	if !isJSON(c.Header.Get("Content-Type")) {
		return &refusal{http.StatusUnsupportedMediaType, "unsupported_media_type", "the content type must be application/json"}
	}
	text, err := io.ReadAll(http.MaxBytesReader(c.w, c.Body, maxBody))
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return &refusal{http.StatusRequestEntityTooLarge, "payload_too_large", "the body has more than 2 MiB"}
	}
	if err != nil {
		return &refusal{http.StatusBadRequest, "invalid_json", "the body ends too early"}
	}
	return parse(text, v)
}

// decodeIfAny is decode for a body that may be left out; its content type may
// be, too, and may be there without it.
func (c *call) decodeIfAny(v any) error {
	start := bufio.NewReader(c.Body)
	if _, err := start.Peek(1); errors.Is(err, io.EOF) {
		return nil
	}
	c.Body = struct {
		io.Reader
		io.Closer
	}{start, c.Body}
	return c.decode(v)
}

func isJSON(contentType string) bool {
	t, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		return false
	}
	rest, ok := strings.CutPrefix(t, "application/")
	return ok && (rest == "json" || strings.HasSuffix(rest, "+json"))
}

// parse reads JSON that a client sent into v. The errors say nothing of its
// values.
func parse(text []byte, v any) error {
	if !utf8.Valid(text) {
		return badJSON("the body must be UTF-8")
	}
	depth, nul := survey(text)
	if depth > maxDepth {
		return badJSON("the body is nested too deeply")
	}
	if err := json.Unmarshal(text, v); err != nil {
		if _, ok := errors.AsType[*json.SyntaxError](err); ok {
			return badJSON("the body is not JSON")
		}
		if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok && e.Field != "" {
			return unprocessable("field " + ascii(e.Field) + " has the wrong type")
		}
		return unprocessable("the body has a value of the wrong type")
	}
	if nul {
		return invalid("U+0000 is not allowed")
	}
	return nil
}

func badJSON(text string) error { return fault.New(fault.Invalid, "invalid_json", "%s", text) }

// survey returns how deeply objects and lists are in each other, and whether a
// string has U+0000, which JSON can only write as an escape. Of text that is
// not JSON the result means nothing.
func survey(text []byte) (depth int, nul bool) {
	inside, now := false, 0
	for i := 0; i < len(text); i++ {
		switch b := text[i]; {
		case inside && b == '\\':
			nul = nul || bytes.HasPrefix(text[i:], []byte(`\u0000`))
			i++
		case b == '"':
			inside = !inside
		case inside:
		case b == '{' || b == '[':
			now++
			depth = max(depth, now)
		case b == '}' || b == ']':
			now--
		}
	}
	return depth, nul
}

// ascii makes the name of a field fit for a message. Field names come from our
// types, but those of maps from the client.
func ascii(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, s[:min(len(s), 64)])
}

// field is a field that has to be there.
type field struct {
	name  string
	value *string
}

// require refuses a body without one of the fields.
func require(fields ...field) error {
	for _, f := range fields {
		if f.value == nil {
			return unprocessable("field " + f.name + " is missing")
		}
	}
	return nil
}
