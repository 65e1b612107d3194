# What bash does with processes, descriptors and memory, and most of its language.
set -o pipefail
shopt -s extglob nullglob
part() { echo "-- $*"; }

part arrays
declare -a list=(one two "three four" five)
declare -A map=([red]=1 [green]=2 [blue]=3)
list+=(six)
unset 'list[1]'
printf '<%s>' "${list[@]}"; echo " ${#list[@]} ${!list[*]}"
for key in $(printf '%s\n' "${!map[@]}" | sort); do echo "$key=${map[$key]}"; done
big=()
for ((i = 0; i < 20000; i++)); do big[i]=$((i * i % 997)); done
sum=0
for v in "${big[@]}"; do ((sum += v)); done
echo "$sum ${big[@]:19990:5}"

part strings
s="The quick brown fox jumps over the lazy dog"
echo "${s#* } / ${s##* } / ${s%% *} / ${s// /_} / ${s^^} / ${s:4:5} / ${#s}"
[[ $s =~ ([a-z]+)\ fox\ ([a-z]+) ]] && echo "${BASH_REMATCH[1]} ${BASH_REMATCH[2]}"
printf -v padded '%-10s|%05d|%x|%q' abc 42 255 "a b'c"
echo "$padded"
long=$(printf 'x%.0s' {1..50000})
echo "${#long} ${#long//xx/y}"
echo {a..e}{1..3} $((2#1011 + 0x1f + 8#17)) $((7 ** 13 % 1000007))

part redirections
exec 5<>scratch
echo line one >&5
echo line two >&5
exec 5>&-
exec 6<scratch
read -r -u 6 first; echo "$first"
mapfile -t -u 6 rest; echo "${rest[0]} ${#rest[@]}"
exec 6<&-
{ echo out; echo err >&2; } 2>&1 >/dev/null | sed 's/^/got /'
cat <<-END | tr a-z A-Z
	here $((1 + 1))
	$(echo nested)
END
cat <<<"a here string"
diff <(printf '%s\n' a b c) <(printf '%s\n' a x c)
tee >(wc -l >counted) <<<$'1\n2\n3' >/dev/null
while [ ! -s counted ]; do :; done; cat counted
(set -o noclobber; echo x >scratch) 2>/dev/null || echo no clobber
echo y >|scratch; cat scratch; rm scratch counted

part pipelines
seq 1 100000 | awk '{ s += $1 } END { print s }'
true | false | true; echo "status $? of ${PIPESTATUS[*]}"
for i in {1..40}; do echo $i; done | cat | cat | cat | cat | cat | tail -n 1
yes | head -n 3 | paste -sd,
x=$(yes | head -c 1000000 | wc -c); echo "$x"

part processes
f() { local n=$1; ((n < 2)) && { echo "$n"; return; }; echo $(($(f $((n - 1))) + $(f $((n - 2))))); }
f 9
for i in 3 1 2; do (exit $i) & pids[i]=$!; done
for i in 1 2 3; do wait "${pids[i]}"; echo "child $i: $?"; done
coproc UP { while read -r line; do echo "${line^^}"; done; }
echo to the coprocess >&"${UP[1]}"; read -r answer <&"${UP[0]}"; echo "$answer"
eval "exec ${UP[1]}>&-"; wait "$UP_PID"; echo "it left: $?"
sleep 1000 & kill -9 $!; wait $! 2>/dev/null; echo "killed: $?"
{ (ulimit -c 0; kill -SEGV $BASHPID); echo "sub-shell: $?"; } 2>/dev/null
(ulimit -n 16; exec 3<&0 4<&0 2>/dev/null; ulimit -n)
(ulimit -v 100000; x=$(head -c 200000000 /dev/zero | tr '\0' a)) 2>/dev/null || echo out of memory
nice -n 5 bash -c 'nice'
/no/such/program 2>/dev/null; echo $?
/etc/passwd 2>/dev/null; echo $?

part traps
trap 'echo got USR1' USR1
kill -USR1 $$
trap - USR1
(trap 'echo leaving' EXIT; exit 7); echo $?
(trap '' PIPE; yes 2>/dev/null | head -n 1; echo "${PIPESTATUS[0]}")
bash -c 'trap "echo term; exit 3" TERM; kill -TERM $$; sleep 1000'; echo $?
g() { trap 'echo return' RETURN; echo in g; }
g
err() { echo "line fails: $?"; }
(set -E; trap err ERR; false; true)

part options
while getopts ab:c opt -a -b value -c rest; do echo "$opt ${OPTARG-none}"; done
set -- -x "two words" z
echo "$# $2 ${*: -1}"
case abc in a+(b)c) echo extglob ;; esac
(set -u; echo "${nothing}") 2>/dev/null || echo unset
(set -e; false; echo not here) || echo stopped
source /dev/stdin <<<'sourced=yes'; echo "$sourced"
bash -c 'echo $0 $# $1' name arg; bash --norc -c 'echo ${BASH_VERSINFO[0]}'
type -t if cd ls f | paste -sd' '
test -e /proc/self/exe -a -x /bin/sh && echo tests
umask 027; touch made; stat -c %A made; rm made; umask 022
