// Package spectest holds what a server answers against the document of the API.
// Tests of everything that speaks HTTP put a Handler or a Transport in between.
package spectest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Answer is what a server said to a request.
type Answer struct {
	Method, Path string
	Status       int
	Header       http.Header
	Body         []byte
}

// Check returns what the document does not say about an answer, and where it
// would have to.
func Check(a Answer) error {
	doc, err := load()
	if err != nil {
		return err
	}
	if a.Method == http.MethodOptions || a.Status == http.StatusSwitchingProtocols {
		return nil
	}
	method := a.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	pattern := doc.route(method, a.Path)
	if pattern == "" {
		// The patterns of the document are those of the server, so this must be
		// what the server does not know either. It may be too often for that.
		if name := anywhere[a.Status]; name != "" {
			res, _ := find(doc.root, "#/components/responses/"+name).(map[string]any)
			return doc.body(fmt.Sprintf("%s %s, which is in no document, answers %d", a.Method, a.Path, a.Status), res, a)
		}
		return fmt.Errorf("%s %s is answered with %d, but no route in proto/client/spec/source/routes.yaml has this path", a.Method, a.Path, a.Status)
	}
	at := fmt.Sprintf("%s (proto/client/spec/source/routes.yaml) answers %d", pattern, a.Status)
	res := doc.response(pattern, a.Status)
	if res == nil {
		return fmt.Errorf("%s, which is not in the document: name it under answer or errors\n%.300s", at, a.Body)
	}
	if headers, _ := res["headers"].(map[string]any); headers["X-Request-Id"] != nil && a.Header.Get("X-Request-Id") == "" {
		return fmt.Errorf("%s without X-Request-Id", at)
	}
	return doc.body(at, res, a)
}

// anywhere are the answers to what no route has.
var anywhere = map[int]string{
	http.StatusNotFound: "NotFound", http.StatusMethodNotAllowed: "MethodNotAllowed", http.StatusTooManyRequests: "RateLimited",
}

func (d *document) body(at string, res map[string]any, a Answer) error {
	content, _ := res["content"].(map[string]any)
	media, _, _ := strings.Cut(a.Header.Get("Content-Type"), ";")
	if content == nil && media == "" {
		return nil
	}
	form, ok := content[media].(map[string]any)
	if !ok {
		return fmt.Errorf("%s with the content type %q, which is not in the document", at, media)
	}
	if a.Method == http.MethodHead || form["schema"] == nil {
		return nil
	}
	s, err := d.schema(form["schema"])
	if err != nil {
		return fmt.Errorf("%s: %w", at, err)
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(a.Body))
	if err != nil {
		return fmt.Errorf("%s with %.300q: %w", at, a.Body, err)
	}
	if err := s.Validate(v); err != nil {
		return fmt.Errorf("%s with a body that is not as the document says (a code belongs under errors, a field into bodies.yaml or objects.yaml):\n%.600s\n%w", at, a.Body, err)
	}
	return nil
}

// Handler checks what h answers.
func Handler(tb testing.TB, h http.Handler) http.Handler {
	tb.Helper()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// Nothing is checked that a test cuts off, or that takes the connection.
		rec := &recorder{ResponseWriter: w}
		h.ServeHTTP(rec, r)
		if rec.status == 0 {
			rec.status = http.StatusOK
		}
		report(tb, Answer{r.Method, r.URL.Path, rec.status, w.Header(), rec.body.Bytes()})
	})
}

type recorder struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

func (r *recorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(p []byte) (int, error) {
	r.body.Write(p)
	return r.ResponseWriter.Write(p)
}

// Recorded checks an answer that a test has already.
func Recorded(tb testing.TB, r *http.Request, rec *httptest.ResponseRecorder) {
	tb.Helper()
	report(tb, Answer{r.Method, r.URL.Path, rec.Code, rec.Header(), rec.Body.Bytes()})
}

// Transport checks what comes back through another one.
type Transport struct {
	Through http.RoundTripper
	// Report hears what the document does not say.
	Report func(error)
}

// RoundTrip implements http.RoundTripper.
func (t Transport) RoundTrip(r *http.Request) (*http.Response, error) {
	method, path := r.Method, r.URL.Path
	res, err := t.Through.RoundTrip(r)
	if err != nil || res.StatusCode == http.StatusSwitchingProtocols {
		return res, err
	}
	body, err := io.ReadAll(res.Body)
	if err == nil { // what was cut off is nothing to judge
		if bad := Check(Answer{method, path, res.StatusCode, res.Header, body}); bad != nil {
			t.Report(bad)
		}
	}
	_ = res.Body.Close()
	res.Body = io.NopCloser(io.MultiReader(bytes.NewReader(body), failing{err}))
	return res, nil
}

// failing is the end of a body: io.EOF, or why it ended before.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) {
	if f.err != nil {
		return 0, f.err
	}
	return 0, io.EOF
}

func report(tb testing.TB, a Answer) {
	tb.Helper()
	if err := Check(a); err != nil {
		tb.Error(err)
	}
}

// load reads the documents once.
var load = sync.OnceValues(open)

// response returns what the document says of a status, nil if nothing.
func (d *document) response(pattern string, status int) map[string]any {
	res, _ := d.operations[pattern]["responses"].(map[string]any)[strconv.Itoa(status)].(map[string]any)
	if ref, ok := res["$ref"].(string); ok {
		res, _ = find(d.root, ref).(map[string]any)
	}
	return res
}

// schema compiles a schema of an answer, once.
func (d *document) schema(v any) (*jsonschema.Schema, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return d.compile(string(text))
}
