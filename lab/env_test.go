package lab

import (
	"log/slog"
	"os"
	"testing"
	"time"

	"perennial/command"
)

// TestMain lets the test binary be the children of the lab.
func TestMain(m *testing.M) {
	if code, child := command.ServeChild(os.Args); child {
		os.Exit(code)
	}
	os.Exit(m.Run())
}

// testEnv stands still: two runs differ in nothing but their work.
func testEnv() command.Env {
	clock := time.Date(2026, 7, 1, 3, 0, 0, 0, time.UTC)
	return command.Env{Clock: func() time.Time { return clock }, Log: slog.New(slog.DiscardHandler), Version: "test"}
}
