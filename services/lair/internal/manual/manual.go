// Package manual writes the pages that follow from the code.
package manual

import (
	"slices"
	"strings"

	"github.com/lair-chat/lair/pkg/config"
	"github.com/lair-chat/lair/pkg/process"
	"github.com/lair-chat/lair/services/auth"
	"github.com/lair-chat/lair/services/gateway"
	"github.com/lair-chat/lair/services/lair/internal/system"
)

func groups() []config.Group {
	return []config.Group{
		{Title: "All programs", Variables: config.Describe(process.Config{})},
		{Title: "lair serve", Variables: config.Describe(system.Data{})},
		{Title: "Databases", Variables: config.Describe(process.Database{}, process.Redis{})},
		{Title: "auth", Variables: config.Describe(auth.Config{})},
		{Title: "room and message", Variables: config.Describe(process.Retention{})},
		{Title: "gateway", Variables: config.Describe(gateway.Config{})},
		{Title: "Between programs", Variables: config.Describe(process.Server{}, process.Services{})},
	}
}

const head = `# Configuration

Everything is configured with environment variables. A variable that begins with
LAIR_ and is not known to this release stops a program at its start, and so does
a value that does not parse: one clear line, exit code 1.

What is called secret below may be in a file: ` + "`LAIR_X_FILE`" + ` names the file with the
value of ` + "`LAIR_X`" + `. A line end at its end does not count.

This page is generated (` + "`make generate`" + `).

`

// Configuration returns docs/configuration.md.
func Configuration() string { return head + config.Markdown(groups()...) }

// Names returns the names of all variables, one a line.
func Names() string {
	var names []string
	for _, g := range groups() {
		for _, v := range g.Variables {
			names = append(names, v.Name)
			if v.Secret {
				names = append(names, config.FileOf(v.Name))
			}
		}
	}
	slices.Sort(names)
	return strings.Join(slices.Compact(names), "\n") + "\n"
}
