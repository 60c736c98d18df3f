package config

import (
	"fmt"
	"log/slog"
	"strings"
)

// Variable is what the manual says about a variable.
type Variable struct {
	Name     string // LAIR_HTTP_PORT
	Type     string // "whole number from 0 to 65535"
	Default  string // as it would be written; "" for none
	Desc     string // one sentence
	Secret   bool
	Required bool
}

// Describe returns the variables of the structs, or pointers to structs, in the
// order of their fields.
func Describe(cfgs ...any) []Variable {
	var all []Variable
	for _, f := range fields(cfgs...) {
		all = append(all, Variable{
			Name: f.name, Type: typeOf(f.Type), Default: f.Tag.Get("envDefault"), Desc: f.Tag.Get("desc"),
			Secret: f.secret, Required: f.option("required") || f.option("notEmpty"),
		})
	}
	return all
}

// Group is a section of the manual.
type Group struct {
	Title     string
	Variables []Variable
}

// Markdown returns the sections of the manual, a table each.
func Markdown(groups ...Group) string {
	var b strings.Builder
	for i, g := range groups {
		if i > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "## %s\n\n| variable | type | default | meaning |\n| --- | --- | --- | --- |\n", g.Title)
		for _, v := range g.Variables {
			fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", v.Name, cell(v.kind()), v.standard(), cell(v.Desc))
		}
	}
	return b.String()
}

func (v Variable) kind() string {
	if v.Secret && v.Type != "secret" {
		return v.Type + ", secret"
	}
	return v.Type
}

func (v Variable) standard() string {
	switch {
	case v.Required:
		return "required"
	case v.Default == "":
		return "none"
	default:
		return "`" + cell(v.Default) + "`"
	}
}

func cell(s string) string { return strings.ReplaceAll(s, "|", `\|`) }

// Redacted returns the running configuration for the log: each variable with
// its value, but a secret only as set or not.
func Redacted(cfgs ...any) []slog.Attr {
	var attrs []slog.Attr
	for _, f := range fields(cfgs...) {
		switch {
		case f.secret && f.value.IsZero():
			attrs = append(attrs, slog.String(f.name, ""))
		case f.secret:
			attrs = append(attrs, slog.String(f.name, redacted))
		default:
			attrs = append(attrs, slog.Any(f.name, f.value.Interface()))
		}
	}
	return attrs
}
