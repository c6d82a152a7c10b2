// Command perennial scores a shop's customers every night: churn, next purchase
// and value, with reasons and a recommended action.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"perennial/command"
)

func main() {
	if code, child := command.ServeChild(os.Args); child {
		os.Exit(code)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run executes one command line and returns its exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	root := commands(newEnv(stderr))
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	if err != nil {
		fmt.Fprintf(stderr, "perennial: %s\n", oneLine(err))
	}
	return command.ExitCode(err)
}

// newEnv takes clock, log and terminal from the process.
func newEnv(stderr io.Writer) command.Env {
	env := command.Env{Clock: time.Now, Nonce: rand.Uint64, Version: version()}
	if f, ok := stderr.(*os.File); ok && isTerminal(f) {
		env.Log = slog.New(slog.DiscardHandler)
		env.Progress = command.NewProgress(stderr, nil)
		return env
	}
	env.Log = slog.New(slog.NewJSONHandler(stderr, nil))
	env.Progress = command.NewProgress(nil, env.Log)
	return env
}

func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && os.Getenv("TERM") != "dumb"
}

// version names the program: its version control revision where it was built
// from a checkout.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	for _, setting := range info.Settings {
		if setting.Key == "vcs.revision" {
			return setting.Value
		}
	}
	return info.Main.Version
}

// oneLine joins the errors of a job into the single line that an operator reads.
func oneLine(err error) string {
	var joined interface{ Unwrap() []error }
	if !errors.As(err, &joined) {
		return err.Error()
	}
	return joinLines(err.Error())
}
