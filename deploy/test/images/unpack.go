package main

import (
	"archive/tar"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os/exec"
	"slices"
)

// file is one of an image.
type file struct {
	*tar.Header
	content []byte
}

func (f file) reader() *bytes.Reader { return bytes.NewReader(f.content) }

func names(files map[string]file) []string { return slices.Sorted(maps.Keys(files)) }

// unpack returns the files of an image, the layers one over the other.
func unpack(ctx context.Context, image string) (map[string]file, error) {
	saved, err := exec.CommandContext(ctx, "docker", "save", image).Output()
	if err != nil {
		return nil, fmt.Errorf("save: %w", err)
	}
	outer, err := entries(saved)
	if err != nil {
		return nil, err
	}
	var manifest []struct{ Layers []string }
	if err := json.Unmarshal(outer["manifest.json"].content, &manifest); err != nil || len(manifest) != 1 {
		return nil, fmt.Errorf("the list of layers: %w: %s", err, outer["manifest.json"].content)
	}
	all := map[string]file{}
	for _, name := range manifest[0].Layers {
		layer, err := entries(outer[name].content)
		if err != nil {
			return nil, fmt.Errorf("the layer %s: %w", name, err)
		}
		maps.Copy(all, layer)
	}
	return all, nil
}

func entries(archive []byte) (map[string]file, error) {
	found := map[string]file{}
	for r := tar.NewReader(bytes.NewReader(archive)); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return found, nil
		}
		if err != nil {
			return nil, err
		}
		content, err := io.ReadAll(r)
		if err != nil {
			return nil, err
		}
		found[h.Name] = file{h, content}
	}
}
