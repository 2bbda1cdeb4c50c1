-- Documents and lines that each rule took at each site. Grain: (rule, site).
SELECT * FROM main.site_rules ORDER BY lines DESC, rule, site;
