// Package docs is the page that shows the API to people, made from the OpenAPI
// document. It needs nothing from elsewhere: no script, no font, one style.
package docs

import (
	"bytes"
	_ "embed" // the template and the style
	"html/template"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/lair-chat/lair/proto/client/spec"
)

//go:embed page.html
var pageHTML string

// Style is the style of the page.
//
//go:embed style.css
var Style []byte

// Page returns the page. It is made when it is first wanted.
var Page = sync.OnceValue(func() []byte {
	var b bytes.Buffer
	if err := template.Must(template.New("page").Parse(pageHTML)).Execute(&b, newPage(spec.OpenAPIJSON)); err != nil {
		panic(err) // a test makes the page
	}
	return b.Bytes()
})

// page is what the template shows.
type page struct {
	Title, Version string
	About          template.HTML
	Tags           []*tag
	Sockets        template.HTML
	Shared         []refusal // errors that many routes have
	Objects        []object
	Codes          []reason
}

type tag struct {
	Name, ID string
	About    template.HTML
	Routes   []route
}

type route struct {
	ID, Method, Path, Summary string
	About, Limit              template.HTML
	Locked                    bool
	Parameters                []Field
	Body                      *body
	Optional                  bool
	Answers                   []answer
	Refusals                  []refusal
	Shared                    []int
}

// body is an object in a request or an answer.
type body struct {
	Name, Example string
	About         template.HTML
	Fields        []Field
}

type answer struct {
	Status int
	Media  string
	Body   *body
}

type refusal struct {
	Status  int
	Reasons []reason
}

// reason is a code of an error and what it means.
type reason struct {
	Code    string
	Meaning template.HTML
}

type object struct {
	body
	ID string
}

// book is the document while it is read.
type book struct {
	doc    *tree
	shared map[int]string // the answers that the document has once, by status
}

func newPage(document []byte) *page {
	b := &book{read(document), map[int]string{}}
	p := &page{
		Title: b.doc.text("info", "title"), Version: b.doc.text("info", "version"), About: prose(b.doc.text("info", "description")),
	}
	tags := map[string]*tag{}
	for _, t := range b.doc.at("tags").list() {
		if name := t.text("name"); name == "Sockets" {
			p.Sockets = prose(t.text("description"))
		} else {
			tags[name] = &tag{Name: name, ID: anchor(name), About: prose(t.text("description"))}
			p.Tags = append(p.Tags, tags[name])
		}
	}
	paths := b.doc.at("paths")
	for _, path := range paths.names() {
		for _, method := range paths.at(path).names() {
			op := paths.at(path, method)
			t := tags[op.at("tags").list()[0].scalar.(string)] //nolint:forcetypeassert // a tag is a text
			t.Routes = append(t.Routes, b.route(strings.ToUpper(method), path, op))
		}
	}
	for _, status := range slices.Sorted(maps.Keys(b.shared)) {
		p.Shared = append(p.Shared, b.refusal(status, b.doc.at("components", "responses", b.shared[status])))
	}
	for _, name := range b.doc.at("components", "schemas").names() {
		if b.isObject(name) && !strings.HasSuffix(name, "Body") {
			p.Objects = append(p.Objects, object{*b.body(b.doc.at("components", "schemas", name), name), name})
		}
	}
	for _, code := range b.doc.at("x-codes").names() {
		p.Codes = append(p.Codes, reason{code, inline(b.doc.text("x-codes", code))})
	}
	return p
}

func anchor(name string) string { return strings.ReplaceAll(strings.ToLower(name), " ", "-") }

func (b *book) route(method, path string, op *tree) route {
	r := route{
		ID: op.text("operationId"), Method: method, Path: path, Summary: op.text("summary"),
		About: prose(op.text("description")), Limit: inline(op.text("x-limit")), Locked: op.at("security") == nil,
	}
	for _, p := range op.at("parameters").list() {
		p = b.doc.at("components", "parameters", p.ref())
		required := p.at("required") != nil
		r.Parameters = append(r.Parameters, Field{Name: p.text("name"), In: p.text("in"), Required: required, Kind: b.kind(p.at("schema")), About: inline(p.text("description"))})
	}
	if s := op.at("requestBody", "content", "application/json", "schema"); s != nil {
		r.Body, r.Optional = b.body(b.schema(s), s.ref()), op.at("requestBody", "required").scalar == false
	}
	for _, status := range op.at("responses").names() {
		res := op.at("responses", status)
		number, _ := strconv.Atoi(status)
		switch {
		case res.ref() != "":
			r.Shared = append(r.Shared, number)
			b.shared[number] = res.ref()
		case res.text("description") != "Done.":
			r.Refusals = append(r.Refusals, b.refusal(number, res))
		default:
			a := answer{Status: number}
			for _, media := range res.at("content").names() {
				a.Media = media
				if s := res.at("content", media, "schema"); s != nil {
					a.Body = b.body(b.schema(s), s.ref())
				}
			}
			r.Answers = append(r.Answers, a)
		}
	}
	return r
}

func (b *book) body(s *tree, name string) *body {
	return &body{Name: name, About: inline(s.text("description")), Fields: b.fields(s), Example: b.exampleText(s)}
}

// refusal reads the codes from the description, a line for each.
func (b *book) refusal(status int, res *tree) refusal {
	r := refusal{Status: status}
	for line := range strings.SplitSeq(res.text("description"), "\n") {
		code, meaning, _ := strings.Cut(strings.TrimPrefix(line, "- "), ": ")
		r.Reasons = append(r.Reasons, reason{strings.Trim(code, "`"), inline(meaning)})
	}
	return r
}
