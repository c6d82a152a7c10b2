package lab

import (
	"log/slog"
	"os"
	"testing"
	"time"

	"perennial/command"
	"perennial/models/golearn"
)

// TestMain lets the test binary be the process in which liblinear trains.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == golearn.ChildCommand {
		if err := golearn.ServeChild(os.Stdin, os.Stdout); err != nil {
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
