// Command images looks at the images of all programs, which the engine has under
// lair-chat/lair-PROGRAM:TAG: what is in them, as whom they run, what they say of
// themselves. Of the one for lair a second, built from nothing, must have the same
// layers. Its arguments are TAG, the revision, and the name of the second image.
package main

import (
	"context"
	"debug/elf"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strings"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := try(ctx, os.Args[1], os.Args[2], os.Args[3]); err != nil {
		fmt.Fprintln(os.Stderr, "images:", err)
		os.Exit(1) //nolint:gocritic // nothing is left to do
	}
}

func try(ctx context.Context, tag, revision, again string) error {
	names := map[string]string{}
	for _, program := range []string{"auth", "room", "message", "presence", "gateway", "lair"} {
		name := "lair-chat/" + strings.TrimSuffix("lair-"+program, "-lair") + ":" + tag
		if err := look(ctx, name, program, tag, revision); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		names[program] = name
	}
	one, err := inspect(ctx, names["lair"])
	if err != nil {
		return err
	}
	two, err := inspect(ctx, again)
	if err != nil {
		return err
	}
	if !slices.Equal(one.RootFS.Layers, two.RootFS.Layers) {
		return fmt.Errorf("built again it is another: %v, %v", one.RootFS.Layers, two.RootFS.Layers)
	}
	fmt.Println("built again from nothing, the image of lair has the same layers:", one.RootFS.Layers)
	return nil
}

// about is what the engine says of an image.
type about struct {
	Config struct {
		User, StopSignal, WorkingDir string
		Entrypoint, Cmd, Env         []string
		Labels                       map[string]string
		Healthcheck                  struct{ Test []string }
		ExposedPorts                 map[string]any
	}
	RootFS struct{ Layers []string }
	Size   int64
}

func inspect(ctx context.Context, image string) (about, error) {
	out, err := exec.CommandContext(ctx, "docker", "image", "inspect", image).Output()
	if err != nil {
		return about{}, fmt.Errorf("inspect %s: %w", image, err)
	}
	var all []about
	if err := json.Unmarshal(out, &all); err != nil || len(all) != 1 {
		return about{}, fmt.Errorf("inspect %s: %w: %s", image, err, out)
	}
	return all[0], nil
}

func look(ctx context.Context, image, program, version, revision string) error {
	a, err := inspect(ctx, image)
	if err != nil {
		return err
	}
	if c := a.Config; c.User != "65532:65532" || !slices.Equal(c.Entrypoint, []string{"/lair"}) || c.StopSignal != "SIGTERM" ||
		!slices.Equal(c.Healthcheck.Test, []string{"CMD", "/lair", "health"}) {
		return fmt.Errorf("it is to run as %+v", c)
	}
	for label, want := range map[string]string{
		"title": "lair-" + program, "version": version, "revision": revision, "licenses": "MIT",
		"source": "https://github.com/lair-chat/lair", "documentation": "https://github.com/lair-chat/lair/blob/main/docs/operations.md",
	} {
		if got := a.Config.Labels["org.opencontainers.image."+label]; got != want {
			return fmt.Errorf("its label %s is %q", label, got)
		}
	}
	files, err := unpack(ctx, image)
	if err != nil {
		return err
	}
	if err := held(files, program, version); err != nil {
		return err
	}
	fmt.Printf("%s: %.1f MB, nothing but %s\n", image, float64(a.Size)/1e6, strings.Join(names(files), " "))
	return nil
}

// held holds that there is only what has to be there, that nobody but lair serve can
// write any of it, and that the program needs nothing else.
func held(files map[string]file, program, version string) error {
	want := []string{"data/", "etc/", "etc/ssl/", "etc/ssl/certs/", "etc/ssl/certs/ca-certificates.crt", "lair", "sbom/", "sbom/LICENSE", "sbom/lair.cdx.json"}
	if program == "gateway" || program == "lair" {
		want = append(want, "sbom/web.cdx.json")
	}
	if got := names(files); !slices.Equal(got, want) {
		return fmt.Errorf("it has %v", got)
	}
	var errs []error
	for name, f := range files {
		if f.ModTime.Unix() != 0 {
			errs = append(errs, fmt.Errorf("%s is of %s", name, f.ModTime))
		}
		if owner := map[bool]int{true: 65532}[name == "data/"]; f.Uid != owner || f.Mode&0o7022 != 0 {
			errs = append(errs, fmt.Errorf("%s is of %d with mode %o", name, f.Uid, f.Mode))
		}
	}
	elfFile, err := elf.NewFile(files["lair"].reader())
	if err != nil {
		return err
	}
	for _, p := range elfFile.Progs {
		if p.Type == elf.PT_INTERP || p.Type == elf.PT_DYNAMIC {
			errs = append(errs, errors.New("the program is not static"))
		}
	}
	var list struct {
		Format   string `json:"bomFormat"`
		Metadata struct {
			Component struct{ Name, Version string }
		}
		Components []any
	}
	if err := json.Unmarshal(files["sbom/lair.cdx.json"].content, &list); err != nil {
		return err
	}
	if c := list.Metadata.Component; list.Format != "CycloneDX" || c.Name != "lair-"+program || c.Version != version || len(list.Components) < 10 {
		errs = append(errs, fmt.Errorf("the list of what it is made of is of %v and has %d", c, len(list.Components)))
	}
	return errors.Join(errs...)
}
