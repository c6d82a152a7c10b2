package gbdt

// The names in LightGBM's model text.
const (
	textMagic    = "tree"
	textVersion  = "v4"
	treePrefix   = "Tree="
	endOfTrees   = "end of trees"
	averageFlag  = "average_output"
	keyVersion   = "version"
	keyObjective = "objective"
	keyNames     = "feature_names"
	keyInfos     = "feature_infos"
	keyMonotone  = "monotone_constraints"
	keySizes     = "tree_sizes"
	keyLast      = "max_feature_idx"
	noRange      = "none" // the range of a column that no tree can ask
)

// maxTextLeaves is LightGBM's own bound on the leaves of a tree.
const maxTextLeaves = 1 << 17
