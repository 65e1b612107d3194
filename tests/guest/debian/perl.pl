# Memory, processes, pipes, signals and files by perl.
use strict;
use warnings;
use POSIX qw(:sys_wait_h floor strtol);
use List::Util qw(sum reduce shuffle);
use Fcntl qw(:flock SEEK_SET);
use IO::Handle;

$| = 1;
sub part { print "-- @_\n" }

part 'data';
my %seen;
my $x = 12345;
for (1 .. 100_000) {
	$x = ($x * 1103515245 + 12345) % 2147483648;
	$seen{$x % 5003}++;
}
printf "%d keys, %d\n", scalar(keys %seen), sum(values %seen);
my @sorted = sort { $seen{$b} <=> $seen{$a} || $a <=> $b } keys %seen;
print "@sorted[0 .. 4]\n";
my @deep = map { [ map { { n => $_ } } 1 .. $_ ] } 1 .. 200;
print sum(map { $_->{n} } map { @$_ } @deep), "\n";
my $text = join ' ', map { sprintf '%x', $_ * 7919 } 1 .. 20_000;
my $count = () = $text =~ /\b[0-9a-f]*ca[0-9a-f]*\b/g;
(my $other = $text) =~ tr/a-f/A-F/;
print length($text), " $count ", ($other =~ tr/A-F//), "\n";
print unpack('%32C*', pack('w*', 1 .. 1000)), ' ', join(',', unpack('nNvV', pack('nNvV', 1, 2, 3, 4))), "\n";
print scalar reverse('stressed'), ' ', lc(uc 'MiXed'), ' ', join('|', split /,\s*/, 'a, b,c'), "\n";
local $_ = 'x' x 3_000_000;
s/x/yz/g;
print length, "\n";
print join(' ', reverse sort { $a <=> $b } (10, 9, 100, 1)), ' ', floor(-3.5), ' ', (strtol('ff', 16))[0], "\n";

part 'files';
open(my $fh, '+>', '/tmp/perl.txt') or die $!;
print $fh "line $_\n" for 1 .. 1000;
seek $fh, 0, SEEK_SET;
my @lines = <$fh>;
print scalar(@lines), ' ', $lines[-1];
flock($fh, LOCK_EX) && print "locked\n";
truncate $fh, 10;
print -s $fh, "\n";
close $fh;
opendir(my $dh, '/proc/self/fd') or die $!;
print join(' ', grep { $_ =~ /^[012]$/ } sort readdir $dh), "\n";
closedir $dh;
rename '/tmp/perl.txt', '/tmp/perl2.txt';
print -e '/tmp/perl.txt' ? 'there' : 'gone', ' ', unlink('/tmp/perl2.txt'), "\n";
open(my $none, '<', '/no/such') or print $! + 0, " $!\n";

part 'processes';
for my $n (1 .. 5) {
	my $pid = fork;
	exit $n * 3 unless $pid;
	waitpid $pid, 0;
	print $? >> 8, ' ';
}
print "\n";
pipe(my $r, my $w);
if (!fork) {
	close $r;
	print $w "$_\n" for 1 .. 50_000;
	close $w;
	POSIX::_exit(0);
}
close $w;
my $total = 0;
$total += $_ while <$r>;
wait;
print "$total\n";
print `echo from a shell; exit 3`, $? >> 8, "\n";
open(my $p, '-|', 'seq 1 10000') or die $!;
my $last;
$last = $_ while <$p>;
close $p;
print $last;
open(my $q, '|-', 'sort -rn | head -n 2') or die $!;
print $q "$_\n" for 1 .. 5000;
close $q;
system('kill -9 $$');
print $? & 127, "\n";

part 'signals';
my $caught = '';
$SIG{USR1} = sub { $caught .= 'u' };
$SIG{CHLD} = sub { $caught .= 'c' };
kill USR1 => $$ for 1 .. 3;
if (!fork) { POSIX::_exit(0) }
sleep 1 until $caught =~ /c/;
1 while waitpid(-1, WNOHANG) > 0;
print "$caught\n";
eval { local $SIG{ALRM} = sub { die "alarm\n" }; alarm 1; select undef, undef, undef, 100; };
print $@;
my $ready = '';
vec($ready, fileno(STDOUT), 1) = 1;
print select(undef, $ready, undef, 0), "\n";
