package purchase

import (
	"context"
	"strings"

	"perennial/models/leaderboard"
)

// Refit fits the winner of a contest anew, with the settings of cfg, on rows and
// cfg.Times that are known later than those of the contest: what scores tonight
// should know the shop of yesterday, not of one horizon before the judge. The
// curve stays that of the judged model: how far held-out probabilities can be
// taken at their word is a property of the learner. train must hold no row of the
// judging cutoff. Imported models have no rows to be fitted on and stay as they are.
func Refit(ctx context.Context, cfg Config, horizonDays int, winner string, judged leaderboard.Model, train leaderboard.Rows) (leaderboard.Model, error) {
	for _, rule := range cfg.rules(train) {
		if rule.Name == winner {
			return rule.Fit(ctx, train)
		}
	}
	model, ok := judged.(*Model)
	if !ok || len(cfg.Times.Cutoff) == 0 {
		return judged, nil
	}
	for _, c := range cfg.field(horizonDays, train).contenders() {
		if c.name != strings.TrimSuffix(winner, inSeason) {
			continue
		}
		fitted, err := c.fit(ctx)
		if err != nil {
			return nil, err
		}
		return &Model{learner: fitted, Curve: model.Curve, Season: model.Season}, nil
	}
	return judged, nil
}
