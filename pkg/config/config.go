// Package config reads the environment into structs, refuses what it does not
// understand, and writes the manual of the variables from the same structs.
//
// One field is one variable:
//
//	type Config struct {
//		Port uint16        `env:"LAIR_HTTP_PORT" envDefault:"8082" desc:"Port of the HTTP server."`
//		Key  config.Secret `env:"LAIR_CLUSTER_KEY,required" desc:"Proves that a process belongs here."`
//	}
//
// The tags env (with the options required, notEmpty and file), envDefault,
// envPrefix and envSeparator are those of github.com/caarlos0/env. secret:"true"
// marks a field that is not of type [Secret] but as private, such as a URL with
// a password. Structs may hold structs. A variable that is set to nothing counts
// as not set. Every secret may be in a file instead, which the variable with
// _FILE after its name names.
package config

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/caarlos0/env/v11"
)

// prefix is what the names of our variables begin with.
const prefix = "LAIR_"

// validator is a struct that can tell whether its values make sense together.
type validator interface{ Validate() error }

// Load fills the structs that cfgs point to from environ, lines of NAME=value
// as os.Environ returns them. It refuses a variable that begins with LAIR_ and
// is neither in the structs nor in known, the names that other processes of
// this release have. If everything could be read, the Validate method of each
// struct that has one decides; its error is one line that names the variable.
//
// The error joins one line for each problem. Values of secrets are in none.
func Load(environ, known []string, cfgs ...any) error {
	vars := map[string]string{}
	for name, value := range env.ToMap(environ) {
		if value != "" {
			vars[name] = value
		}
	}
	for _, cfg := range cfgs {
		if v := reflect.ValueOf(cfg); v.Kind() != reflect.Pointer || v.IsNil() || v.Elem().Kind() != reflect.Struct {
			return fmt.Errorf("config needs pointers to structs, not %T", cfg)
		}
	}
	all := fields(cfgs...)
	errs := unknown(vars, known, all)
	for _, f := range all {
		if err := f.fetch(vars); err != nil {
			errs = append(errs, err)
			continue
		}
		errs = append(errs, f.load(vars))
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	for _, cfg := range cfgs {
		errs = append(errs, validate(reflect.ValueOf(cfg).Elem())...)
	}
	return scrub(errors.Join(errs...), all)
}

// validate asks the inner structs first: the outer ones may rely on them.
func validate(v reflect.Value) []error {
	var errs []error
	for sf, inner := range v.Fields() {
		if sf.IsExported() && isNested(sf) {
			errs = append(errs, validate(inner)...)
		}
	}
	if c, ok := reflect.TypeAssert[validator](v.Addr()); ok {
		if err := c.Validate(); err != nil {
			errs = append(errs, errors.New(strings.ReplaceAll(err.Error(), "\n", "; ")))
		}
	}
	// The method of an embedded struct is also one of the outer struct.
	return slices.CompactFunc(errs, func(a, b error) bool { return a.Error() == b.Error() })
}

// scrub takes the values of secrets out of what Validate methods say.
func scrub(err error, all []field) error {
	if err == nil {
		return nil
	}
	var names, secrets []string
	for _, f := range all {
		names = append(names, f.name, f.name)
		if value := f.value.String(); f.secret && f.value.Kind() == reflect.String && value != "" {
			secrets = append(secrets, value)
		}
	}
	slices.SortFunc(secrets, func(a, b string) int { return len(b) - len(a) })
	for _, value := range secrets {
		names = append(names, value, redacted)
	}
	// Names come first, and so stay whole where a secret is a part of one.
	text := strings.NewReplacer(names...).Replace(err.Error())
	if text == err.Error() {
		return err
	}
	return errors.New(text)
}
