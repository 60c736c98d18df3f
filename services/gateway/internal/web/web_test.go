package web_test

import (
	"io/fs"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/lair-chat/lair/services/gateway/internal/web"
)

func file(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }

// built is a build in small: of what a client has, one of each kind.
var built = fstest.MapFS{
	"index.html": file("<!doctype html>the client, at some length"), "index.html.br": file("br-index"), "index.html.gz": file("gz-index"),
	"assets/main-4f3c.js": file("a long script that can be packed"), "assets/main-4f3c.js.br": file("br-script"), "assets/main-4f3c.js.gz": file("gz-script"),
	"assets/main-9a1b.css": file("p{}"), "assets/main-9a1b.css.br": file("longer than it"),
	"assets/face-77aa.woff2": file("font"),
	"sw.js":                  file("self"), "manifest.webmanifest": file("{}"), "icon.svg": file("<svg/>"), "api": file("not the API"), "dump.gz": file("a file of its own"), ".secret": file("x"),
}

// api is the handler behind: it answers with 418.
var api = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })

func serve(t *testing.T, files fs.FS) func(method, path string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	h, err := web.New(files, api, func(r *http.Request) bool { return r.Header.Get("Tls") != "" })
	if err != nil {
		t.Fatal(err)
	}
	return func(method, path string, headers ...string) *httptest.ResponseRecorder {
		t.Helper()
		r := httptest.NewRequestWithContext(t.Context(), method, "http://lair.example:8082"+path, http.NoBody)
		for _, line := range headers {
			name, value, _ := strings.Cut(line, ": ")
			r.Header.Add(name, value)
		}
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, r)
		return rec
	}
}

const page = "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"

func TestFilesHaveTheirTypesAndMayBeKeptAsLongAsTheirNames(t *testing.T) {
	ask := serve(t, built)
	const forever = "public, max-age=31536000, immutable"
	for path, want := range map[string]struct{ kind, cache, body string }{
		"/":                       {"text/html; charset=utf-8", "no-cache", "<!doctype html>the client, at some length"},
		"/index.html":             {"text/html; charset=utf-8", "no-cache", "<!doctype html>the client, at some length"},
		"/assets/main-4f3c.js":    {"text/javascript; charset=utf-8", forever, "a long script that can be packed"},
		"/assets/main-9a1b.css":   {"text/css; charset=utf-8", forever, "p{}"},
		"/assets/face-77aa.woff2": {"font/woff2", forever, "font"},
		"/sw.js":                  {"text/javascript; charset=utf-8", "no-cache", "self"},
		"/manifest.webmanifest":   {"application/manifest+json", "no-cache", "{}"},
		"/icon.svg":               {"image/svg+xml", "no-cache", "<svg/>"},
		"/dump.gz":                {"application/octet-stream", "no-cache", "a file of its own"},
	} {
		rec := ask("GET", path)
		h := rec.Header()
		if rec.Code != http.StatusOK || h.Get("Content-Type") != want.kind || h.Get("Cache-Control") != want.cache || rec.Body.String() != want.body {
			t.Errorf("%s: %d %v %q", path, rec.Code, h, rec.Body)
		}
		if h.Get("X-Content-Type-Options") != "nosniff" || h.Get("ETag") == "" || h.Get("Vary") != "Accept-Encoding" {
			t.Errorf("%s: %v", path, h)
		}
		if !strings.Contains(h.Get("Content-Security-Policy"), "connect-src 'self' ws://lair.example:8082 ") {
			t.Errorf("%s: %v", path, h)
		}
		head := ask("HEAD", path)
		if head.Code != http.StatusOK || head.Body.Len() > 0 || head.Header().Get("Content-Length") != h.Get("Content-Length") || head.Header().Get("ETag") != h.Get("ETag") {
			t.Errorf("HEAD %s: %d %v", path, head.Code, head.Header())
		}
	}
}

func TestOverTLSAPageConnectsWithTLSOnly(t *testing.T) {
	got := serve(t, built)("GET", "/", "Tls: yes").Header().Get("Content-Security-Policy")
	if !strings.Contains(got, "connect-src 'self' wss://lair.example:8082;") {
		t.Error(got)
	}
}

func TestTheClientAnswersPathsOfItsOwnToBrowsersOnly(t *testing.T) {
	ask := serve(t, built)
	for path, served := range map[string]bool{
		"/rooms/1": true, "/login": true, "/rooms/": true, "/apiary": true, "/wsx": true, "/.secret": true, "/index.html.br": true, "/../etc/passwd": true,
		"/assets/main-0000.js": false, "/assets/main-4f3c.js.br": false, "/assets/": false, "/assets/../sw.js": false,
		"/api": false, "/api/v1/users": false, "/ws": false, "/docs": false, "/docs/x": false, "/openapi.json": false,
		"/asyncapi.yaml": false, "/health": false, "/ready": false, "/metrics": false,
	} {
		rec := ask("GET", path, page)
		if got := rec.Code == http.StatusOK && strings.Contains(rec.Body.String(), "the client"); got != served || !got && rec.Code != http.StatusTeapot {
			t.Errorf("%s: %d %q", path, rec.Code, rec.Body)
		}
		if served && rec.Header().Values("Vary")[1] != "Accept" {
			t.Errorf("%s: %v", path, rec.Header())
		}
	}
	for _, accept := range []string{"*/*", "application/json", "text/html;q=0", "text/html;q=none", "text/plain", ""} {
		if rec := ask("GET", "/rooms/1", "Accept: "+accept); rec.Code != http.StatusTeapot {
			t.Errorf("%q: %d", accept, rec.Code)
		}
	}
	for _, method := range []string{"POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"} {
		if rec := ask(method, "/", page); rec.Code != http.StatusTeapot {
			t.Errorf("%s: %d", method, rec.Code)
		}
	}
}

func TestTheSmallestFormThatTheBrowserWantsIsSent(t *testing.T) {
	ask := serve(t, built)
	for accept, want := range map[string]string{
		"gzip, deflate, br, zstd": "br", "gzip": "gzip", "GZIP": "gzip", "x-gzip": "gzip", "br;q=0.5, gzip;q=0.8": "gzip",
		"br;q=0, gzip": "gzip", "br;q=0, *": "gzip", "*": "br", "*;q=0": "", "identity": "", "identity, br;q=0.9": "", "gzip;q=0.1": "gzip",
		"gzip;q=0": "", "br;q=2": "", "br;q=x": "", "br; q=1.000": "br", "br;Q=0.001": "br", "deflate": "", "": "", ",": "", "br;q=NaN": "",
	} {
		rec := ask("GET", "/assets/main-4f3c.js", "Accept-Encoding: "+accept)
		body := map[string]string{"br": "br-script", "gzip": "gz-script", "": "a long script that can be packed"}[want]
		if got := rec.Header().Get("Content-Encoding"); got != want || rec.Body.String() != body {
			t.Errorf("%q: %q %q", accept, got, rec.Body)
		}
		if got := rec.Header().Get("Content-Type"); got != "text/javascript; charset=utf-8" {
			t.Errorf("%q: %s", accept, got)
		}
	}
	if got := ask("GET", "/assets/main-4f3c.js", "Accept-Encoding: gzip", "Accept-Encoding: br;q=0.1").Header().Get("Content-Encoding"); got != "gzip" {
		t.Errorf("of two lines: %q", got)
	}
	if rec := ask("GET", "/assets/main-9a1b.css", "Accept-Encoding: br"); rec.Header().Get("Content-Encoding") != "" {
		t.Error("a form that is longer was sent")
	}
}

func TestWhatABrowserHasIsNotSentAgain(t *testing.T) {
	ask := serve(t, built)
	plain, packed := ask("GET", "/").Header().Get("ETag"), ask("GET", "/", "Accept-Encoding: br").Header().Get("ETag")
	if plain == packed {
		t.Errorf("two forms have the tag %s", plain)
	}
	for tag, same := range map[string]bool{
		plain: true, "W/" + plain: true, `"x", ` + plain: true, "*": true, packed: false, `"x"`: false, strings.Trim(plain, `"`): false, "": false,
	} {
		for _, method := range []string{"GET", "HEAD"} {
			rec := ask(method, "/", "If-None-Match: "+tag)
			if got := rec.Code == http.StatusNotModified; got != same {
				t.Errorf("%s %s: %d", method, tag, rec.Code)
			}
			if h := rec.Header(); same && (rec.Body.Len() > 0 || h.Get("ETag") != plain || h.Get("Cache-Control") != "no-cache" ||
				h.Get("Vary") == "" || h.Get("Content-Type") != "" || h.Get("Content-Security-Policy") == "") {
				t.Errorf("%s %s: %v", method, tag, h)
			}
		}
	}
	if rec := ask("GET", "/", "Accept-Encoding: br", "If-None-Match: "+packed); rec.Code != http.StatusNotModified {
		t.Error(rec.Code)
	}
}

func TestABinaryWithoutTheClientSaysHowToGetIt(t *testing.T) {
	for _, files := range []fstest.MapFS{{".gitkeep": file("")}, {"assets/x.js": file("a build that broke off")}} {
		if web.Has(files) {
			t.Error("there is no client")
		}
		ask := serve(t, files)
		for _, rec := range []*httptest.ResponseRecorder{ask("GET", "/"), ask("GET", "/rooms", page)} {
			if body := rec.Body.String(); rec.Code != http.StatusOK || !strings.Contains(body, "Node</a> 20") || !strings.Contains(body, "make run") {
				t.Errorf("%d %q", rec.Code, body)
			}
			if csp := rec.Header().Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") {
				t.Error(csp)
			}
		}
		if rec := ask("GET", "/api/v1/users", page); rec.Code != http.StatusTeapot {
			t.Error(rec.Code)
		}
	}
	if !web.Has(built) {
		t.Error("there is a client")
	}
}

func TestTheBinaryHasSomethingToServe(t *testing.T) {
	if rec := serve(t, web.Dist())("GET", "/"); rec.Code != http.StatusOK || rec.Body.Len() == 0 {
		t.Errorf("%d %q", rec.Code, rec.Body)
	}
}
