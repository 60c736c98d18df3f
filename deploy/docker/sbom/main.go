// Command sbom prints what a Go program is made of, in the form of CycloneDX, out of
// the list of modules that the linker wrote into it: sbom PROGRAM NAME VERSION. The
// same program gives the same bytes. It needs the standard library only, so that
// images are built with nothing else.
package main

import (
	"debug/buildinfo"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"strings"
)

type bom struct {
	Format      string      `json:"bomFormat"`
	SpecVersion string      `json:"specVersion"`
	Version     int         `json:"version"`
	Metadata    metadata    `json:"metadata"`
	Components  []component `json:"components"`
}

type metadata struct {
	Component component `json:"component"`
}

type component struct {
	Type    string `json:"type"`
	Ref     string `json:"bom-ref"`
	Name    string `json:"name"`
	Version string `json:"version"`
	PURL    string `json:"purl,omitempty"`
	Hashes  []hash `json:"hashes,omitempty"`
}

type hash struct {
	Algorithm string `json:"alg"`
	Content   string `json:"content"`
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "sbom:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 3 {
		return errors.New("usage: sbom PROGRAM NAME VERSION")
	}
	info, err := buildinfo.ReadFile(args[0])
	if err != nil {
		return err
	}
	list, err := describe(info, args[1], args[2])
	if err != nil {
		return err
	}
	out := json.NewEncoder(os.Stdout)
	out.SetIndent("", "  ")
	out.SetEscapeHTML(false)
	return out.Encode(list)
}

// describe lists the modules of a program. Those of this repository have no version of
// their own: they are of the release.
func describe(info *debug.BuildInfo, name, version string) (bom, error) {
	list := bom{Format: "CycloneDX", SpecVersion: "1.6", Version: 1}
	list.Metadata.Component = component{Type: "application", Ref: name, Name: name, Version: version}
	std := strings.TrimPrefix(strings.Fields(info.GoVersion)[0], "go")
	list.Components = []component{library("std", std)}
	for _, m := range info.Deps {
		if m.Replace != nil && m.Replace.Sum != "" {
			m = m.Replace
		}
		if m.Sum == "" {
			list.Components = append(list.Components, component{Type: "library", Ref: m.Path, Name: m.Path, Version: version})
			continue
		}
		c := library(m.Path, m.Version)
		sum, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(m.Sum, "h1:"))
		if err != nil {
			return bom{}, fmt.Errorf("the checksum of %s: %w", m.Path, err)
		}
		// That of go.sum, over the names and checksums of all files of the module.
		c.Hashes = []hash{{"SHA-256", hex.EncodeToString(sum)}}
		list.Components = append(list.Components, c)
	}
	return list, nil
}

func library(path, version string) component {
	purl := "pkg:golang/" + strings.ToLower(path) + "@" + strings.ReplaceAll(version, "+", "%2B")
	return component{Type: "library", Ref: purl, Name: path, Version: version, PURL: purl}
}
