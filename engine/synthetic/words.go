package synthetic

import "strings"

// candidates are the words that texts are drawn from: short, plain, and each its own token in most vocabularies, with
// the space before it. Few of them stand next to each other in what people write, so that vocabularies which join whole
// phrases into one token find none.
var candidates = strings.Fields(`
apple arm army art baby back ball band bank bar base bath beach bean bear bed bell belt bike bird blood blue board boat
body bone book boot border bottle box boy brain branch bread bridge bright brother brown brush building bus butter
button cable cake camera camp candle car card castle cat chain chair cheese chest chicken child church circle city class
clay clean clear clock cloth cloud coast coat coffee coin cold color concert cook copper corn cost cotton country court
cow cream cross crowd cup current curve dance dark day desk dinner dirt dish doctor dog door dream dress drink drive
dry dust ear earth east edge egg engine eye face factory family farm farmer father feather field fire fish flag flat
floor flower fly food foot forest fork frame friend frog front fruit game garden gate girl glass glove goat gold
grain grass gray green ground group guard guitar hair hall hammer hand hat head heart heavy hill hole home honey hook
horn horse hospital hotel house ice iron island jacket jewel journey judge juice jump kettle key kick king kitchen
knee knife knot lake lamp land language leaf leather left leg lemon letter library light line lion lip list lock long
loud lunch machine map market meal meat metal milk minute mirror money monkey month moon morning mother mountain mouse
mouth music nail name narrow neck needle nest net night noise north nose number nut oak ocean office oil onion orange
oven page paint pan paper park path pen pencil people pepper piano picture pig pilot pipe plane plant plate pocket
point pool potato pot powder price prince print queen quick quiet rabbit rain red rice right ring river road rock roof
room root rope rose round rule sail salt sand school science sea seat seed shade sharp sheep shelf ship shirt shoe
shop silk silver sister skin skirt sky sleep slow small smile smoke snake snow soap sock soft soil song soup south
space spoon spring square stage stamp star station steam steel step stick stone store storm street sugar summer sun
sweet table tail teacher team tent theater thick thin thread thumb ticket tiger tin toe tongue tooth tower town toy
track train travel tree truck valley village violin voice wall warm watch water wave wax wheel whistle white wide
wife wild wind window wine wing winter wire woman wood wool word world worm yard year yellow young`)

// letters are for vocabularies that spell words out: they fill up what longer words leave.
var letters = strings.Fields(`a b c d e f g h`)
