-- Every rule, and how long the lines are that it took. Grain: rule.
SELECT * FROM main.rules ORDER BY lines DESC, rule;
