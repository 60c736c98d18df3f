package config

import (
	"encoding"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"net/url"
	"reflect"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"
)

// field is one variable and the place of its value.
type field struct {
	reflect.StructField
	prefix string // of the struct around it
	name   string // of the variable
	secret bool
	value  reflect.Value
}

// fields returns the variables of the structs, in the order in which they are
// written.
func fields(cfgs ...any) []field {
	var all []field
	for _, cfg := range cfgs {
		all = append(all, walk(reflect.Indirect(reflect.ValueOf(cfg)), "")...)
	}
	return all
}

func walk(v reflect.Value, prefix string) []field {
	var all []field
	for sf, value := range v.Fields() {
		name, _, _ := strings.Cut(sf.Tag.Get("env"), ",")
		switch {
		case !sf.IsExported():
		case isNested(sf):
			all = append(all, walk(value, prefix+sf.Tag.Get("envPrefix"))...)
		case name != "" && name != "-":
			secret := sf.Tag.Get("secret") == "true" || isSecret(sf.Type)
			all = append(all, field{sf, prefix, prefix + name, secret, value})
		}
	}
	return all
}

// isNested reports whether the field holds variables instead of being one.
func isNested(sf reflect.StructField) bool {
	return sf.Type.Kind() == reflect.Struct && sf.Tag.Get("env") == ""
}

func isSecret(t reflect.Type) bool {
	if t.Kind() == reflect.Slice || t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t == reflect.TypeFor[Secret]()
}

func (f field) option(name string) bool {
	_, options, _ := strings.Cut(f.Tag.Get("env"), ",")
	for option := range strings.SplitSeq(options, ",") {
		if option == name {
			return true
		}
	}
	return false
}

// load reads the variable through a struct that has only this field: the
// errors of env name fields, and two structs may have a field of one name.
func (f field) load(vars map[string]string) error {
	own := reflect.New(reflect.StructOf([]reflect.StructField{{Name: f.Name, Type: f.Type, Tag: f.Tag}}))
	own.Elem().Field(0).Set(f.value)
	err := env.ParseWithOptions(own.Interface(), env.Options{Environment: vars, Prefix: f.prefix})
	if err == nil {
		f.value.Set(own.Elem().Field(0))
		return nil
	}
	if errors.Is(err, env.VarIsNotSetError{}) || errors.Is(err, env.EmptyVarError{}) {
		return fmt.Errorf("%s is missing: %s", f.name, f.Tag.Get("desc"))
	}
	if file, ok := errors.AsType[env.LoadFileContentError](err); ok {
		return fmt.Errorf("%s: %w", f.name, file.Err) // a path, also of a secret
	}
	if f.secret {
		return fmt.Errorf("%s is not a %s", f.name, typeOf(f.Type))
	}
	value, ok := vars[f.name]
	if !ok {
		value = f.Tag.Get("envDefault")
	}
	return fmt.Errorf("%s is %q, not a %s", f.name, value, typeOf(f.Type))
}

// typeOf describes the values of a type to the person who sets them.
func typeOf(t reflect.Type) string {
	switch t {
	case reflect.TypeFor[Secret]():
		return "secret"
	case reflect.TypeFor[time.Duration]():
		return "duration such as 90s or 1h30m"
	case reflect.TypeFor[slog.Level]():
		return "level: debug, info, warn or error"
	case reflect.TypeFor[url.URL]():
		return "URL"
	case reflect.TypeFor[netip.Addr]():
		return "network address such as 10.0.0.1"
	case reflect.TypeFor[netip.Prefix]():
		return "range of addresses such as 10.0.0.0/8"
	}
	if reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]()) {
		return strings.ToLower(t.Name())
	}
	switch t.Kind() {
	case reflect.Pointer:
		return typeOf(t.Elem())
	case reflect.Slice:
		return "list, each a " + typeOf(t.Elem())
	case reflect.Map:
		return "list of name:value pairs"
	case reflect.Bool:
		return "boolean: true or false"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return "whole number"
	case reflect.Uint16:
		return "whole number from 0 to 65535"
	case reflect.Uint, reflect.Uint8, reflect.Uint32, reflect.Uint64:
		return "whole number from 0"
	case reflect.Float32, reflect.Float64:
		return "number"
	default:
		return "text"
	}
}
