package main

import (
	"bytes"
	"debug/buildinfo"
	"encoding/json"
	"os/exec"
	"path/filepath"
	"reflect"
	"runtime/debug"
	"strings"
	"testing"

	cdx "github.com/CycloneDX/cyclonedx-go"
)

func TestTheListIsCycloneDXAndHasEveryModule(t *testing.T) {
	tool, program := build(t, "main.go"), build(t, "./testdata/program") // the tool by itself, as in the Dockerfile
	list := sbom(t, tool, program)
	if !bytes.Equal(list, sbom(t, tool, program)) {
		t.Error("it is another one each time")
	}
	d := json.NewDecoder(bytes.NewReader(list))
	d.DisallowUnknownFields()
	var got cdx.BOM
	if err := d.Decode(&got); err != nil {
		t.Fatal(err)
	}
	if c := got.Metadata.Component; got.BOMFormat != cdx.BOMFormat || got.SpecVersion != cdx.SpecVersion1_6 || c.Name != "lair-presence" || c.Version != "1.2.3" {
		t.Errorf("it is of %v, and begins with %s", c, list[:200])
	}
	info, err := buildinfo.ReadFile(program)
	if err != nil {
		t.Fatal(err)
	}
	listed, refs := map[string]cdx.Component{}, map[string]bool{}
	for _, c := range *got.Components {
		listed[c.Name] = c
		if refs[c.BOMRef] {
			t.Errorf("%s is there twice", c.BOMRef)
		}
		refs[c.BOMRef] = true
	}
	if std := listed["std"]; len(info.Deps) == 0 || len(listed) != len(info.Deps)+1 || "go"+std.Version != strings.Fields(info.GoVersion)[0] {
		t.Errorf("%d are listed, %d are in the program, compiled by %s", len(listed), len(info.Deps), info.GoVersion)
	}
	for _, m := range info.Deps {
		c := listed[m.Path]
		if c.PackageURL != "pkg:golang/"+strings.ToLower(m.Path)+"@"+m.Version || c.Hashes == nil || len((*c.Hashes)[0].Value) != 64 {
			t.Errorf("%v is listed as %v", m, c)
		}
	}
}

func TestModulesOfTheRepositoryAreOfTheReleaseAndReplacedOnesAreWhatReplacesThem(t *testing.T) {
	const sum = "h1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
	list, err := describe(&debug.BuildInfo{GoVersion: "go1.26.8", Deps: []*debug.Module{
		{Path: "github.com/lair-chat/lair/pkg", Version: "v0.0.0", Replace: &debug.Module{Path: "../../pkg", Version: "(devel)"}},
		{Path: "example.org/Old", Version: "v1.0.0", Replace: &debug.Module{Path: "example.org/New", Version: "v1.2.0+incompatible", Sum: sum}},
	}}, "lair", "1.2.3")
	if err != nil {
		t.Fatal(err)
	}
	want := []component{
		{Type: "library", Ref: "pkg:golang/std@1.26.8", Name: "std", Version: "1.26.8", PURL: "pkg:golang/std@1.26.8"},
		{Type: "library", Ref: "github.com/lair-chat/lair/pkg", Name: "github.com/lair-chat/lair/pkg", Version: "1.2.3"},
		{
			Type: "library", Ref: "pkg:golang/example.org/new@v1.2.0%2Bincompatible", Name: "example.org/New", Version: "v1.2.0+incompatible",
			PURL: "pkg:golang/example.org/new@v1.2.0%2Bincompatible", Hashes: []hash{{"SHA-256", strings.Repeat("0", 64)}},
		},
	}
	if !reflect.DeepEqual(list.Components, want) {
		t.Errorf("got %v", list.Components)
	}
	if _, err := describe(&debug.BuildInfo{GoVersion: "go1.26.8", Deps: []*debug.Module{{Path: "x", Sum: "h1:?"}}}, "lair", "1"); err == nil {
		t.Error("a checksum that is none is taken")
	}
}

func TestWhatIsNoProgramIsRefused(t *testing.T) {
	for _, args := range [][]string{nil, {"main.go"}, {"main.go", "lair", "1"}} {
		if err := run(args); err == nil {
			t.Errorf("%v is taken", args)
		}
	}
}

func build(t *testing.T, what string) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), "program")
	cmd := exec.CommandContext(t.Context(), "go", "build", "-o", out, what)
	cmd.Env = append(cmd.Environ(), "GOWORK=off")
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return out
}

func sbom(t *testing.T, tool, program string) []byte {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), tool, program, "lair-presence", "1.2.3").Output()
	if err != nil {
		t.Fatal(err)
	}
	return out
}
