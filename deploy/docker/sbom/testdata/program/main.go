// Command program is one that is made of something.
package main

import (
	"fmt"

	cdx "github.com/CycloneDX/cyclonedx-go"
)

func main() { fmt.Println(cdx.NewBOM().BOMFormat) }
