package extract

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// Postgres says how patient a pull is with the shop's databases. The zero value
// of a field is its default.
type Postgres struct {
	ConnectTimeout   time.Duration `yaml:"connect_timeout"`   // that one try to connect may take; default 15s
	StatementTimeout time.Duration `yaml:"statement_timeout"` // that one statement may take, such as the pull of a table; default 1h
	Tries            int           `yaml:"tries"`             // of a pull when connections fail, 1 to 20; default 5
}

// withDefaults returns p with its defaults filled in, or an ErrConfig.
func (p Postgres) withDefaults() (Postgres, error) {
	p.ConnectTimeout = cmp.Or(p.ConnectTimeout, 15*time.Second)
	p.StatementTimeout = cmp.Or(p.StatementTimeout, time.Hour)
	p.Tries = cmp.Or(p.Tries, 5)
	switch {
	case p.ConnectTimeout < time.Second:
		return p, configError("postgres: connect_timeout %v: less than a second", p.ConnectTimeout)
	case p.StatementTimeout < time.Millisecond:
		return p, configError("postgres: statement_timeout %v: less than a millisecond", p.StatementTimeout)
	case p.Tries < 1 || p.Tries > 20:
		return p, configError("postgres: tries %d: not between 1 and 20", p.Tries)
	}
	return p, nil
}

// errConnection says that a database cannot be reached, or was lost: another try
// may help.
var errConnection = errors.New("connection failed")

// connect opens a connection with a read-only transaction on it, in which every
// statement sees the same rows, and times and bytes are written in one way.
func (p *Postgres) connect(ctx context.Context, dsn string) (*pgconn.PgConn, error) {
	// The parser's own errors quote what they could not parse.
	config, err := pgconn.ParseConfig(dsn)
	if err != nil {
		return nil, configError("postgres: not a connection string (write postgres://user:password@host/database into the environment, and its variable here)")
	}
	config.ConnectTimeout = p.ConnectTimeout
	config.RuntimeParams["application_name"] = "perennial"
	conn, err := pgconn.ConnectConfig(ctx, config)
	if err != nil {
		return nil, p.failure(ctx, config.Password, err)
	}
	begin := fmt.Sprintf(`BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
SET LOCAL statement_timeout = %d;
SET LOCAL timezone = 'UTC';
SET LOCAL datestyle = 'ISO, YMD';
SET LOCAL bytea_output = 'hex'`, p.StatementTimeout.Milliseconds())
	if err := conn.Exec(ctx, begin).Close(); err != nil {
		return nil, errors.Join(p.failure(ctx, config.Password, err), conn.Close(ctx))
	}
	return conn, nil
}

// failure is an error of the database as one line that says what to do, without
// the password.
func (p *Postgres) failure(ctx context.Context, password string, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var server *pgconn.PgError
	if errors.As(err, &server) {
		return p.refusal(server)
	}
	var network net.Error
	if errors.As(err, &network) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || pgconn.Timeout(err) || lost(err) {
		text := strings.Join(strings.Fields(err.Error()), " ")
		if password != "" {
			text = strings.ReplaceAll(text, password, "***")
		}
		return fmt.Errorf("postgres: %w: %s (check that the server runs and can be reached from here)", errConnection, text)
	}
	return err
}

// lost reports whether the connection failed, whatever its network says.
func lost(err error) bool {
	var connect *pgconn.ConnectError
	return errors.As(err, &connect) || errors.Is(err, net.ErrClosed) || errors.Is(err, pgconn.ErrConnClosed) || strings.Contains(err.Error(), "conn closed")
}

// refusal is the server's answer to what it does not do.
func (p *Postgres) refusal(e *pgconn.PgError) error {
	text := strings.Join(strings.Fields(e.Message), " ")
	class := e.Code[:min(2, len(e.Code))]
	switch {
	case e.Code == "57014":
		return fmt.Errorf("postgres: %s (raise statement_timeout under postgres, now %v, or make sql cheaper)", text, p.StatementTimeout)
	case class == "28":
		return configError("postgres: %s (check user and password of the connection string in the environment)", text)
	case class == "3D":
		return configError("postgres: %s (check the database of the connection string in the environment)", text)
	case class == "42", class == "0A", class == "34":
		return configError("postgres: %s (check sql, and what the user may read)", text)
	case class == "22", class == "21":
		return dataError("postgres: %s (check sql against the rows)", text)
	case class == "08", class == "53", class == "40", class == "57", class == "58":
		return fmt.Errorf("postgres: %w: %s (check the server)", errConnection, text)
	}
	return fmt.Errorf("postgres: %s (SQLSTATE %s)", text, e.Code)
}

// literal writes s as a SQL string that means the same for any setting of
// standard_conforming_strings.
func literal(s string) string {
	s = strings.ReplaceAll(s, "'", "''")
	if strings.Contains(s, `\`) {
		return " E'" + strings.ReplaceAll(s, `\`, `\\`) + "'"
	}
	return "'" + s + "'"
}
