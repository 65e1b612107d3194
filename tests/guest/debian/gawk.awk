# Arrays, strings, numbers and processes by gawk.
function fib(n) { return n < 2 ? n : fib(n - 1) + fib(n - 2) }
function part(name) { print "-- " name }
BEGIN {
	part("arrays")
	for (i = 0; i < 200000; i++)
		a[(i * 7919) % 100003] += i
	n = asorti(a, keys, "@ind_num_asc")
	print n, length(a), keys[1], keys[n], a[keys[n]]
	for (i = 1; i < n; i += 2)
		delete a[keys[i]]
	print length(a)
	m[1][2][3] = "deep"; m[1]["x"] = 7
	print isarray(m[1][2]), m[1][2][3], length(m[1])
	PROCINFO["sorted_in"] = "@val_num_desc"
	split("3 1 2", s)
	for (k in s) printf "%s:%s ", k, s[k]
	print ""
	part("strings")
	text = "The quick brown fox"
	print gensub(/(\w+) (\w+)/, "\\2 \\1", "g", text), toupper(text), index(text, "quick")
	print match(text, /b(r)(o)/, g), g[1] g[2], substr(text, 5, 5), length(text)
	while (length(big) < 1000000) big = big "0123456789"
	print length(big), gsub(/[13579]/, "", big), length(big)
	print sprintf("%c%c %5.3f|%-6d|%06d|%x|%e", 65, "B", 3.14159, 42, 42, 255, 12345.678)
	print strtonum("0x1F"), and(12, 10), or(12, 10), xor(12, 10), lshift(1, 20), compl(0) % 1000
	print patsplit("a1b22c333", digits, /[0-9]+/), digits[3], typeof(digits), typeof(1), typeof("x")
	part("numbers")
	print fib(20), int(-3.7), 2 ^ 40, 17 % 5, log(exp(2)), atan2(0, -1), sqrt(2)
	srand(1); x = rand(); srand(1); print x == rand()
	part("processes")
	while (("seq 1 20000" | getline line) > 0) total += line
	close("seq 1 20000")
	print total
	cmd = "sort -n"
	for (i = 1000; i > 0; i--) print i |& cmd
	close(cmd, "to")
	cmd |& getline first
	print first
	print close(cmd)
	print system("exit 3"), system("kill -9 $$")
	print "piped" | "cat"
	close("cat")
	part("files")
	for (i = 0; i < 1000; i++) print i, i * i > "/tmp/gawk.txt"
	close("/tmp/gawk.txt")
	while ((getline line < "/tmp/gawk.txt") > 0) { split(line, f); sum += f[2] }
	print sum, (getline line < "/no/such"), ERRNO
	print ENVIRON["PATH"] != "", PROCINFO["pid"] > 0
	system("rm /tmp/gawk.txt")
	RS = "\n\n"; FS = "\n"
	while ((getline < "/proc/cpuinfo") > 0) cpus += NF > 10
	print cpus > 0
	exit 5
}
END { print "end" }
