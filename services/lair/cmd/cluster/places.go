package main

import (
	"encoding/json"
	"os"
	"sync"

	"github.com/lair-chat/lair/services/lair/internal/cluster"
)

// places tells programs what show tells people, and with what the programs of the
// system prove to each other who they are.
type places struct {
	mu sync.Mutex

	Programs     []place `json:"programs"`
	Postgres     string  `json:"postgres"`
	Redis        string  `json:"redis"`
	Key          string  `json:"key"`
	Certificates string  `json:"certificates"`
}

// place is where a program is; empty is where it is not.
type place struct {
	Name    string `json:"name"`
	Pid     int    `json:"pid"`
	Metrics string `json:"metrics"`
	GRPC    string `json:"grpc,omitempty"`
	HTTP    string `json:"http,omitempty"`
	WS      string `json:"ws,omitempty"`
	TCP     string `json:"tcp,omitempty"`
}

func survey(s *cluster.System) *places {
	all := &places{
		Postgres: s.Postgres.URL("postgres"), Redis: s.Redis.URL(),
		Key: s.Key, Certificates: s.Certificates,
	}
	for _, p := range s.Programs {
		at := place{Name: p.Name, Pid: p.Pid(), Metrics: p.Metrics, GRPC: p.GRPC}
		for _, g := range s.Gateways {
			if g.Program == p {
				at.HTTP, at.WS, at.TCP = g.HTTP, g.WS, g.TCP
			}
		}
		all.Programs = append(all.Programs, at)
	}
	return all
}

// moved says that a program is another process now.
func (a *places) moved(p *cluster.Program) error {
	a.mu.Lock()
	for i := range a.Programs {
		if a.Programs[i].Name == p.Name {
			a.Programs[i].Pid = p.Pid()
		}
	}
	a.mu.Unlock()
	return a.tell()
}

// tell writes the file, if one is wanted. It is there at once and in whole.
func (a *places) tell() error {
	if *write == "" {
		return nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	text, err := json.MarshalIndent(a, "", "\t")
	if err != nil {
		return err
	}
	if err := os.WriteFile(*write+".new", text, 0o600); err != nil {
		return err
	}
	return os.Rename(*write+".new", *write)
}
