package lab

import (
	"io"
	"log/slog"
	"os"
	"testing"
	"time"

	"perennial/command"
	"perennial/models/golearn"
	"perennial/pipeline/extract"
)

// TestMain lets the test binary be the process in which liblinear trains.
func TestMain(m *testing.M) {
	children := map[string]func(io.Reader, io.Writer) error{
		golearn.ChildCommand: golearn.ServeChild, extract.ChildCommand: extract.ServeChild,
	}
	if len(os.Args) > 1 && children[os.Args[1]] != nil {
		if err := children[os.Args[1]](os.Stdin, os.Stdout); err != nil {
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// testEnv stands still: two runs differ in nothing but their work.
func testEnv() command.Env {
	clock := time.Date(2026, 7, 1, 3, 0, 0, 0, time.UTC)
	return command.Env{Clock: func() time.Time { return clock }, Log: slog.New(slog.DiscardHandler), Version: "test"}
}
