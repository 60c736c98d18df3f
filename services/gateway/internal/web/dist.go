package web

import (
	"embed"
	"io/fs"
)

// built is what the build of clients/web wrote, if it ran; make does that. With
// all: the folder may have nothing but the file that keeps it in git.
//
//go:embed all:dist
var built embed.FS

//go:embed none
var without embed.FS

// Dist returns the files of the client that this binary was built with.
func Dist() fs.FS { return within(built, "dist") }

// Has reports whether files are a client, rather than none.
func Has(files fs.FS) bool {
	_, err := fs.Stat(files, "index.html")
	return err == nil
}

// none is the page of a binary without the client.
func none() fs.FS { return within(without, "none") }

func within(files embed.FS, dir string) fs.FS {
	sub, err := fs.Sub(files, dir)
	if err != nil {
		panic(err) // the name is a valid one
	}
	return sub
}
