package docs_test

import (
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/lair-chat/lair/services/gateway/internal/docs"
)

func TestPageNeedsNothingFromElsewhere(t *testing.T) {
	text := string(docs.Page())
	for _, bad := range []string{"<script", "style=", "@import", "<img", "onclick", "ZgotmplZ"} {
		if strings.Contains(text, bad) {
			t.Errorf("the page has %s", bad)
		}
	}
	if strings.Contains(string(docs.Style), "url(") {
		t.Error("the style loads something")
	}
}

func TestLinksWithinThePageGoSomewhere(t *testing.T) {
	text := string(docs.Page())
	ids := map[string]bool{}
	for _, m := range regexp.MustCompile(` id="([^"]+)"`).FindAllStringSubmatch(text, -1) {
		if ids[m[1]] {
			t.Errorf("two things have the id %s", m[1])
		}
		ids[m[1]] = true
	}
	links := regexp.MustCompile(`href="#([^"]*)"`).FindAllStringSubmatch(text, -1)
	for _, m := range links {
		if !ids[m[1]] {
			t.Errorf("#%s goes nowhere", m[1])
		}
	}
	if len(links) < 100 {
		t.Errorf("only %d links were looked at", len(links))
	}
}

func TestPageIsWellFormed(t *testing.T) {
	d := xml.NewDecoder(strings.NewReader(string(docs.Page())))
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	depth := 0
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		switch token.(type) {
		case xml.StartElement:
			depth++
		case xml.EndElement:
			depth--
		}
	}
	if depth != 0 {
		t.Errorf("%d elements are open at the end", depth)
	}
}
