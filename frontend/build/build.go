// Package build turns the TypeScript and CSS sources of frontend into the files that the program serves.
package build

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// Dist is where the result is committed, relative to the root of the module.
const Dist = "internal/web/assets/dist"

// hashed recognises the checksum that the bundler puts in a name: app.K7Q2M4XA.css.
var hashed = regexp.MustCompile(`\.[A-Z0-9]{8}\.`)

// Run bundles the sources found in root/frontend and returns every file by name,
// with manifest.json, which gives the served name of each logical one
// ("app.css" is "app.K7Q2M4XA.css"). Nothing is written. The same sources give the
// same bytes on every machine, because the bundler is pinned in go.mod.
func Run(root string) (map[string][]byte, error) {
	src, err := filepath.Abs(filepath.Join(root, "frontend"))
	if err != nil {
		return nil, fmt.Errorf("locate the sources: %w", err)
	}
	entries, err := entryPoints(src)
	if err != nil {
		return nil, err
	}
	result := api.Build(options(src, entries))
	if len(result.Errors) > 0 || len(result.Warnings) > 0 {
		return nil, fmt.Errorf("bundle: %s", complaints(append(result.Errors, result.Warnings...)))
	}
	files := map[string][]byte{}
	manifest := map[string]string{}
	for _, out := range result.OutputFiles {
		name := filepath.Base(out.Path)
		files[name] = out.Contents
		manifest[hashed.ReplaceAllString(name, ".")] = name
	}
	text, err := json.MarshalIndent(manifest, "", "\t")
	if err != nil {
		return nil, fmt.Errorf("write the manifest: %w", err)
	}
	files["manifest.json"] = append(text, '\n')
	return files, nil
}

// entryPoints lists what a page may ask for: each file at the top of src (one per
// group of islands), the style sheet, and the static files.
func entryPoints(src string) ([]string, error) {
	entries := []string{filepath.Join(src, "css", "app.css")}
	for _, pattern := range []string{"src/*.ts", "static/*"} {
		found, err := filepath.Glob(filepath.Join(src, pattern))
		if err != nil {
			return nil, fmt.Errorf("list %s: %w", pattern, err)
		}
		sort.Strings(found)
		for _, path := range found {
			if !strings.HasSuffix(path, ".d.ts") {
				entries = append(entries, path)
			}
		}
	}
	return entries, nil
}

func options(src string, entries []string) api.BuildOptions {
	return api.BuildOptions{
		AbsWorkingDir:     src,
		EntryPoints:       entries,
		Outdir:            filepath.Join(src, "out"),
		EntryNames:        "[name].[hash]",
		AssetNames:        "[name].[hash]",
		ChunkNames:        "shared.[hash]",
		Bundle:            true,
		Splitting:         true,
		Format:            api.FormatESModule,
		Platform:          api.PlatformBrowser,
		Target:            api.ES2022,
		Engines:           []api.Engine{{Name: api.EngineChrome, Version: "123"}, {Name: api.EngineFirefox, Version: "120"}, {Name: api.EngineSafari, Version: "17.5"}},
		MinifyWhitespace:  true,
		MinifyIdentifiers: true,
		MinifySyntax:      true,
		Charset:           api.CharsetUTF8,
		LegalComments:     api.LegalCommentsNone,
		TsconfigRaw:       `{"compilerOptions":{"useDefineForClassFields":true}}`,
		Loader: map[string]api.Loader{
			".woff2": api.LoaderFile,
			".svg":   api.LoaderCopy,
			".png":   api.LoaderCopy,
		},
		Write:    false,
		LogLevel: api.LogLevelSilent,
	}
}

func complaints(messages []api.Message) string {
	lines := api.FormatMessages(messages, api.FormatMessagesOptions{Kind: api.ErrorMessage})
	return strings.Join(lines, "\n")
}

// Write replaces the committed files by the given ones.
func Write(root string, files map[string][]byte) error {
	dir := filepath.Join(root, Dist)
	if err := os.RemoveAll(dir); err != nil {
		return fmt.Errorf("empty %s: %w", Dist, err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("make %s: %w", Dist, err)
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
			return fmt.Errorf("write %s: %w", name, err)
		}
	}
	return nil
}

// Stale names the committed files that the sources no longer give: changed, missing or left over.
func Stale(root string, files map[string][]byte) ([]string, error) {
	committed, err := os.ReadDir(filepath.Join(root, Dist))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", Dist, err)
	}
	var stale []string
	seen := map[string]bool{}
	for _, entry := range committed {
		seen[entry.Name()] = true
		content, err := os.ReadFile(filepath.Join(root, Dist, entry.Name()))
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", entry.Name(), err)
		}
		want, wanted := files[entry.Name()]
		if !wanted || !bytes.Equal(content, want) {
			stale = append(stale, entry.Name())
		}
	}
	for name := range files {
		if !seen[name] {
			stale = append(stale, name)
		}
	}
	sort.Strings(stale)
	return stale, nil
}
