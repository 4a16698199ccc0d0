package work

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/assay-bench/assay/harness/internal/scenario"
	"github.com/assay-bench/assay/results"
)

// Ship collects what scenarios need on other hosts.
func Ship(all []*scenario.Scenario, allowRemote []string, quick bool) (*Shipment, error) {
	dir, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	s := &Shipment{Files: map[string][]byte{}, Secrets: map[string]string{}, AllowRemote: allowRemote, Quick: quick, Dir: dir}
	size := 0
	for _, sc := range all {
		path, err := filepath.Abs(sc.File)
		if err != nil {
			return nil, err
		}
		s.Paths = append(s.Paths, path)
		for _, name := range sc.Files() {
			if _, ok := s.Files[name]; ok {
				continue
			}
			data, err := results.ReadRegular(name)
			if err != nil {
				return nil, fmt.Errorf("send the scenarios to other hosts: %w", err)
			}
			s.Files[name] = data
			// As JSON a file takes a third more.
			if size += len(data); size > mostShipment/2 {
				return nil, fmt.Errorf("send the scenarios to other hosts: their files have more than %d bytes", mostShipment/2)
			}
		}
		for name, value := range sc.Secrets() {
			s.Secrets[name] = value
		}
	}
	return s, nil
}

// unpack writes the files into a folder, each under its full path.
func (s *Shipment) unpack(root string) error {
	for name, data := range s.Files {
		if !filepath.IsAbs(name) {
			return fmt.Errorf("the coordinator sent a file with the name %q", name)
		}
		path := filepath.Join(root, filepath.Clean(name)) // a clean absolute path has no .., so it stays in root
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return err
		}
		if err := os.WriteFile(path, data, 0o600); err != nil {
			return err
		}
	}
	return nil
}
