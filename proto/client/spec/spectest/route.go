package spectest

import (
	"encoding/json"
	"strconv"
)

// Route is what the document says of a route.
type Route struct {
	Token   bool // it needs one
	Answers map[int]bool
	// Least is a body with no more than what is required, "" if there is no body;
	// Lacking are those that lack one field of it.
	Least   string
	Lacking map[string]string
}

// Routes returns all routes by pattern, as "GET /health".
func Routes() (map[string]Route, error) {
	d, err := load()
	if err != nil {
		return nil, err
	}
	all := map[string]Route{}
	for pattern, op := range d.operations {
		r := Route{Token: op["security"] == nil, Answers: map[int]bool{}, Lacking: map[string]string{}}
		for status := range op["responses"].(map[string]any) { //nolint:forcetypeassert // our own document
			n, err := strconv.Atoi(status)
			if err != nil {
				return nil, err
			}
			r.Answers[n] = true
		}
		if err := d.bodies(op, &r); err != nil {
			return nil, err
		}
		all[pattern] = r
	}
	return all, nil
}

// bodies makes bodies of the example of a request.
func (d *document) bodies(op map[string]any, r *Route) error {
	ref, _ := find(op, "#/requestBody/content").(map[string]any)
	media, _ := ref["application/json"].(map[string]any)
	named, _ := media["schema"].(map[string]any)
	if named == nil {
		return nil
	}
	s, _ := find(d.root, named["$ref"].(string)).(map[string]any) //nolint:forcetypeassert // our own document
	example := map[string]any{}
	if given, _ := s["examples"].([]any); len(given) > 0 {
		example, _ = given[0].(map[string]any)
	}
	required, _ := s["required"].([]any)
	with := func(but string) (string, error) {
		body := map[string]any{}
		for _, name := range required {
			if name != but {
				body[name.(string)] = example[name.(string)] //nolint:forcetypeassert // our own document
			}
		}
		text, err := json.Marshal(body)
		return string(text), err
	}
	var err error
	if r.Least, err = with(""); err != nil {
		return err
	}
	for _, name := range required {
		if r.Lacking[name.(string)], err = with(name.(string)); err != nil { //nolint:forcetypeassert // our own document
			return err
		}
	}
	return nil
}
