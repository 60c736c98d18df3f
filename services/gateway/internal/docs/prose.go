package docs

import (
	"html"
	"html/template"
	"regexp"
	"strings"
)

var (
	code = regexp.MustCompile("`([^`]+)`")
	bold = regexp.MustCompile(`\*\*([^*]+)\*\*`)
	link = regexp.MustCompile(`\[([^\]]+)\]\(((?:https://|/|#)[^)\s]+)\)`)
)

// inline makes HTML of the little Markdown that descriptions have: code, bold
// and links. Everything else is text.
func inline(s string) template.HTML {
	s = html.EscapeString(strings.TrimSpace(s))
	s = code.ReplaceAllString(s, "<code>$1</code>")
	s = bold.ReplaceAllString(s, "<strong>$1</strong>")
	s = link.ReplaceAllString(s, `<a href="$2">$1</a>`)
	return template.HTML(s) //nolint:gosec // was escaped
}

// prose makes paragraphs.
func prose(s string) template.HTML {
	var b strings.Builder
	for part := range strings.SplitSeq(strings.TrimSpace(s), "\n\n") {
		if part != "" {
			b.WriteString("<p>" + string(inline(part)) + "</p>\n")
		}
	}
	return template.HTML(b.String()) //nolint:gosec // was escaped
}
