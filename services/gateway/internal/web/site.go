package web

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

// site is the files of a build by their path in an address. It is only read.
type site struct {
	files map[string]*file
	index *file
}

// file is one file in all its forms, the smallest first, the one as it is last.
type file struct {
	kind     string // Content-Type
	cache    string // Cache-Control
	variants []variant
}

type variant struct {
	coding string // Content-Encoding; "" is none
	etag   string
	text   string
}

// codings are the compressed forms that a build may have beside a file.
var codings = []struct{ name, suffix string }{{"br", ".br"}, {"gzip", ".gz"}}

// assets is where all names have the hash of the content.
const assets = "/assets/"

const (
	forever = "public, max-age=31536000, immutable"
	ask     = "no-cache" // may be kept, but is asked for each time
)

// whole reports whether there is a client.
func (s *site) whole() bool { return s.index != nil }

func read(files fs.FS) (*site, error) {
	texts := map[string]string{}
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(d.Name(), ".") {
			return err
		}
		text, err := fs.ReadFile(files, name)
		texts["/"+name] = string(text)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the web client: %w", err)
	}
	s := &site{files: map[string]*file{}}
	for name, text := range texts {
		if compressed(name, texts) {
			continue
		}
		f := &file{kind: kind(name), cache: ask}
		if strings.HasPrefix(name, assets) {
			f.cache = forever
		}
		for _, c := range codings {
			if packed, ok := texts[name+c.suffix]; ok && len(packed) < len(text) {
				f.variants = append(f.variants, variant{c.name, etag(packed), packed})
			}
		}
		f.variants = append(f.variants, variant{"", etag(text), text})
		s.files[name] = f
	}
	s.index = s.files["/index.html"]
	return s, nil
}

// compressed reports whether a file is another one in a smaller form.
func compressed(name string, all map[string]string) bool {
	for _, c := range codings {
		if whole, ok := strings.CutSuffix(name, c.suffix); ok {
			if _, ok := all[whole]; ok {
				return true
			}
		}
	}
	return false
}

// etag is strong, so each form has its own.
func etag(text string) string {
	sum := sha256.Sum256([]byte(text))
	return `"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`
}

// kinds is here, not in the tables of the system, which differ.
var kinds = map[string]string{
	".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".mjs": "text/javascript; charset=utf-8",
	".css": "text/css; charset=utf-8", ".json": "application/json", ".map": "application/json",
	".webmanifest": "application/manifest+json", ".txt": "text/plain; charset=utf-8", ".wasm": "application/wasm",
	".svg": "image/svg+xml", ".png": "image/png", ".ico": "image/x-icon", ".jpg": "image/jpeg", ".webp": "image/webp", ".avif": "image/avif",
	".woff2": "font/woff2", ".mp3": "audio/mpeg", ".ogg": "audio/ogg",
}

func kind(name string) string {
	if k, ok := kinds[strings.ToLower(path.Ext(name))]; ok {
		return k
	}
	return "application/octet-stream"
}
