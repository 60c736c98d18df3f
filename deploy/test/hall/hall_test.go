package hall

import "testing"

func TestCheckFindsWhatIsMissingTwiceOrInAnotherOrder(t *testing.T) {
	said := []string{"one", "two", "three"}
	for name, c := range map[string]struct {
		ann, bob []string
		good     bool
	}{
		"all":         {said, said, true},
		"other order": {[]string{"two", "one", "three"}, []string{"two", "one", "three"}, true},
		"not one":     {said, []string{"two", "one", "three"}, false},
		"missing":     {said, said[:2], false},
		"too much":    {said, append([]string{"one"}, said...), false},
		"twice":       {[]string{"one", "one", "two"}, []string{"one", "one", "two"}, false},
		"never said":  {[]string{"one", "two", "four"}, []string{"one", "two", "four"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			h := &Hall{said: said, people: []*person{{name: "ann", heard: c.ann}, {name: "bob", heard: c.bob}}}
			if err := h.Check(); (err == nil) != c.good {
				t.Errorf("Check says %v", err)
			}
		})
	}
}

func TestKeepsFindsWhatIsLostOrTwice(t *testing.T) {
	for name, c := range map[string]struct {
		history []string
		good    bool
	}{
		"all":   {[]string{"three", "two", "one"}, true},
		"lost":  {[]string{"three", "one"}, false},
		"twice": {[]string{"three", "two", "two", "one"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			if err := keeps(c.history, []string{"one", "two"}); (err == nil) != c.good {
				t.Errorf("keeps says %v", err)
			}
		})
	}
}
