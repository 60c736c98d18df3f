// Package web serves the web client: the files that the build of clients/web
// writes, from the binary. What is not the client's it leaves to the API.
package web

import (
	"io"
	"io/fs"
	"net/http"
	"strconv"
	"strings"

	"github.com/lair-chat/lair/services/gateway/internal/policy"
)

// Handler serves the web client and hands everything else on.
type Handler struct {
	site *site
	// next answers what is not the client's.
	next http.Handler
	// secure reports whether a browser came with TLS.
	secure func(*http.Request) bool
}

// New returns a handler that serves the files of a build. Without index.html it
// serves a page that says how to get one.
func New(files fs.FS, next http.Handler, secure func(*http.Request) bool) (*Handler, error) {
	s, err := read(files)
	if err != nil {
		return nil, err
	}
	if !s.whole() {
		if s, err = read(none()); err != nil {
			return nil, err
		}
	}
	return &Handler{site: s, next: next, secure: secure}, nil
}

// ServeHTTP implements http.Handler.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f, routed := h.find(r)
	if f == nil {
		h.next.ServeHTTP(w, r)
		return
	}
	head := w.Header()
	policy.Page(head, r.Host, h.secure(r))
	head.Set("Cache-Control", f.cache)
	if head.Set("Vary", "Accept-Encoding"); routed {
		head.Add("Vary", "Accept") // the API answers the same path
	}
	v := f.choose(r.Header.Values("Accept-Encoding"))
	head.Set("ETag", v.etag)
	if matches(r.Header.Values("If-None-Match"), v.etag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	if v.coding != "" {
		head.Set("Content-Encoding", v.coding)
	}
	head.Set("Content-Type", f.kind)
	head.Set("Content-Length", strconv.Itoa(len(v.text)))
	w.WriteHeader(http.StatusOK)
	if r.Method != http.MethodHead {
		_, _ = io.WriteString(w, v.text) // a client that went away is no error
	}
}

// find returns the file that is asked for, nil if that is for the API. routed
// says that the path is none of a file: the client shows what belongs there.
func (h *Handler) find(r *http.Request) (f *file, routed bool) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead || reserved(r.URL.Path) {
		return nil, false
	}
	if r.URL.Path == "/" {
		return h.site.index, false
	}
	if f := h.site.files[r.URL.Path]; f != nil {
		return f, false
	}
	if strings.HasPrefix(r.URL.Path, assets) || !acceptsHTML(r.Header.Values("Accept")) {
		return nil, false
	}
	return h.site.index, true
}

// reserved reports whether a path belongs to the gateway, now or later, so that
// no file or route of the client can take it.
func reserved(path string) bool {
	first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	switch first {
	case "api", "ws", "docs", "health", "ready", "metrics":
		return true
	}
	return strings.HasPrefix(first, "openapi") || strings.HasPrefix(first, "asyncapi")
}
