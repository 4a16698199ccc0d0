package explore

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"strings"

	uplot "github.com/tsenart/vegeta/v12/lib/plot"
)

// assets are the scripts and the style of the page. The scripts share one scope and are
// joined in the order of scripts.
//
//go:embed assets
var assets embed.FS

// scripts are the parts of the page's own script.
var scripts = []string{"format.js", "dom.js", "queue.js", "bins.js", "state.js", "table.js", "plot.js", "figure.js", "bars.js", "trials.js", "zoom.js", "panel.js", "overview.js", "live.js", "main.js"}

// assemble joins everything into one file.
func assemble(d documentData, files []file, live bool) ([]byte, error) {
	data, err := json.Marshal(d)
	if err != nil {
		return nil, fmt.Errorf("explore: %w", err)
	}
	library, err := fromVegeta("uPlot.min.js")
	if err != nil {
		return nil, err
	}
	libraryStyle, err := fromVegeta("uPlot.min.css")
	if err != nil {
		return nil, err
	}
	own, err := joined()
	if err != nil {
		return nil, err
	}
	style, err := assets.ReadFile("assets/explore.css")
	if err != nil {
		return nil, err
	}
	css := string(libraryStyle) + "\n" + string(style)
	var b bytes.Buffer
	fmt.Fprintf(&b, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
	fmt.Fprintf(&b, "<meta http-equiv=\"Content-Security-Policy\" content=\"%s\">\n", policy(live, css, string(library), own))
	fmt.Fprintf(&b, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n<link rel=\"icon\" href=\"data:,\">\n")
	fmt.Fprintf(&b, "<title>%s · Assay explorer</title>\n<style>%s</style>\n</head>\n<body>\n", html.EscapeString(d.Title), css)
	fmt.Fprintf(&b, "<noscript><p>The explorer draws with scripts. The report (BENCHMARKS.md) has the same numbers without.</p></noscript>\n")
	// JSON escapes "<", so nothing in it can end the element. Base64 has no "<".
	fmt.Fprintf(&b, "<script type=\"application/json\" id=\"data\">%s</script>\n", data)
	for _, f := range files {
		fmt.Fprintf(&b, "<script type=\"text/plain\" data-file=\"%s\">%s</script>\n", html.EscapeString(f.name), base64.StdEncoding.EncodeToString(f.data))
	}
	fmt.Fprintf(&b, "<script>%s</script>\n<script>%s</script>\n</body>\n</html>\n", library, own)
	return b.Bytes(), nil
}

// policy lets the page run what Make put in, and nothing else. A page that is served may
// ask the server that it came from how far the run is.
func policy(live bool, style string, scripts ...string) string {
	allowed := "default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'; style-src '" + hash(style) + "'; script-src"
	for _, s := range scripts {
		allowed += " '" + hash(s) + "'"
	}
	if live {
		allowed += "; connect-src 'self'"
	}
	return allowed
}

// hash is the hash of an element's text as policies write it.
func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// fromVegeta reads a file that vegeta's module carries.
func fromVegeta(name string) ([]byte, error) {
	f, err := uplot.Assets.Open(name)
	if err != nil {
		return nil, fmt.Errorf("read %s of vegeta: %w", name, err)
	}
	defer f.Close()
	data, err := io.ReadAll(f)
	if err != nil {
		return nil, fmt.Errorf("read %s of vegeta: %w", name, err)
	}
	return data, nil
}

// joined is the page's own script.
func joined() (string, error) {
	var b strings.Builder
	b.WriteString("\"use strict\";\n(function () {\n")
	for _, name := range scripts {
		data, err := assets.ReadFile("assets/" + name)
		if err != nil {
			return "", err
		}
		b.Write(data)
	}
	b.WriteString("})();\n")
	return b.String(), nil
}
