package httpapi

import (
	"net/http"

	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/proto/client/spec"
	"github.com/lair-chat/lair/services/gateway/internal/docs"
	"github.com/lair-chat/lair/services/gateway/internal/quota"
)

// describe adds the routes that show the API itself.
func (a *api) describe() {
	for _, f := range []struct {
		pattern, media string
		text           func() []byte
	}{
		{"GET /docs", "text/html; charset=utf-8", docs.Page},
		{"GET /docs/style.css", "text/css; charset=utf-8", func() []byte { return docs.Style }},
		{"GET /openapi.yaml", "application/yaml", func() []byte { return spec.OpenAPIYAML }},
		{"GET /openapi.json", "application/json", func() []byte { return spec.OpenAPIJSON }},
		{"GET /asyncapi.yaml", "application/yaml", func() []byte { return spec.AsyncAPIYAML }},
		{"GET /asyncapi.json", "application/json", func() []byte { return spec.AsyncAPIJSON }},
	} {
		a.mux.HandleFunc(f.pattern, func(w http.ResponseWriter, r *http.Request) {
			rec := w.(*recorder) //nolint:forcetypeassert // serve is around every route
			if err := a.charge(rec, quota.Requests, id.User{}, r); err != nil {
				a.fail(rec, err)
				return
			}
			h := rec.Header()
			h.Set("Content-Type", f.media)
			// The page has its own style and nothing else. What is shown is the
			// same for everybody.
			h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
			h.Set("Cache-Control", "max-age=300")
			rec.WriteHeader(http.StatusOK)
			_, _ = rec.Write(f.text()) // a client that went away is no error
		})
	}
}
